// Notices in free words for table tests: a header and a text.

import type { Report } from '../../src/model/report.ts'
import { read } from './fixtures.ts'

export interface Notice {
  /** The Return-Path field; the null sender by default. */
  readonly path?: string
  readonly from?: string
  readonly subject?: string
  /** Further header lines, each with its line end. */
  readonly header?: string
  readonly text: string
}

export const daemon = 'Mail Delivery System <MAILER-DAEMON@mx.example.net>'
export const postmaster = 'Postmaster <postmaster@mx.example.net>'

/** Reads a notice sent to a return path of ours. */
export const readNotice = ({
  path = '<>',
  from = daemon,
  subject = 'Undelivered mail',
  header = '',
  text,
}: Notice): Promise<Report> =>
  read(`Return-Path: ${path}
From: ${from}
To: b-mfqxg2lq7k@bounces.crm.example
Subject: ${subject}
Message-ID: <n1@mx.example.net>
${header}Content-Type: text/plain; charset=utf-8

${text}
`)

/** `address code` of each recipient, as tables write them. */
export const told = ({ recipients }: Report): readonly string[] =>
  recipients.map(({ address, replyCode, status }) => [address, replyCode, status].filter(Boolean).join(' '))
