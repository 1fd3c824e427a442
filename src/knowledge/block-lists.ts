// Public block lists of hosts and domains, as refusals name them: by a zone below their domain, or by their name.

export interface BlockList {
  /** Its domain; the zones that are asked lie below. */
  readonly domain: string
  /** How it is called in words, in lower case. */
  readonly names: readonly string[]
  readonly source: string
}

const row = (domain: string, names: readonly string[], source: string): BlockList => ({
  domain,
  names,
  source,
})

export const blockLists: readonly BlockList[] = [
  row('spamhaus.org', ['spamhaus'], 'https://www.spamhaus.org/blocklists/'),
  row('spamhaus.net', [], 'https://docs.spamhaus.com/datasets/docs/source/40-real-world-usage/'),
  row('abuseat.org', ['abuseat'], 'https://www.abuseat.org/'),
  row('spamcop.net', ['spamcop'], 'https://www.spamcop.net/bl.shtml'),
  row('barracudacentral.org', ['barracuda reputation'], 'https://www.barracudacentral.org/rbl'),
  row('sorbs.net', ['sorbs'], 'http://www.sorbs.net/general/using.shtml'),
  row('uceprotect.net', ['uceprotect'], 'https://www.uceprotect.net/'),
  row('mailspike.net', ['mailspike'], 'https://mailspike.io/usage'),
  row('mailspike.org', [], 'https://mailspike.io/usage'),
  row('spamrats.com', ['spamrats'], 'https://www.spamrats.com/'),
  row('surriel.com', [], 'https://psbl.org/'),
  row('abusix.zone', ['abusix'], 'https://docs.abusix.com/'),
  row('invaluement.com', ['invaluement'], 'https://www.invaluement.com/'),
  row('nixspam.net', ['nixspam'], 'https://www.nixspam.net/'),
  row('manitu.net', [], 'https://www.dnsbl.manitu.net/'),
  row('surbl.org', ['surbl'], 'https://surbl.org/guidelines'),
  row('uribl.com', ['uribl'], 'http://uribl.com/usage.shtml'),
  row('gbudb.net', [], 'http://gbudb.com/truncate/'),
  row('hostkarma.com', ['hostkarma'], 'https://wiki.junkemailfilter.com/'),
  row('junkemailfilter.com', [], 'https://wiki.junkemailfilter.com/'),
  row('backscatterer.org', ['backscatterer'], 'https://www.backscatterer.org/'),
  row('spfbl.net', ['spfbl'], 'https://spfbl.net/en/dnsbl/'),
  row('senderscore.com', [], 'https://senderscore.org/'),
]
