// How a verdict came about: every rung of the ladder, in order.

import type { VNode } from 'preact'
import type { RecipientExplanation } from '../model/verdict.ts'
import { KnowledgePlace } from './knowledge.tsx'
import { Cause, TypeMark, visible, Words } from './words.tsx'

export const rungIn = (rung: string): string => rungWords[rung] ?? rung

const rungWords: Readonly<Record<string, string>> = {
  override: 'Your own rules',
  provider: 'The provider’s own words',
  'exact-status': 'Status code',
  text: 'Words of the refusal',
  'vague-status': 'Vague status code',
  'reply-code': 'Reply code',
  action: 'Action',
  fallback: 'Your fallback rules',
  none: 'Nothing else',
}

const fateWords = {
  silent: 'no opinion',
  decides: 'decides',
  overruled: 'overruled: the sender is at fault',
  outranked: 'outranked',
} as const

type Step = RecipientExplanation['steps'][number]

export function Ladder({ recipient }: { readonly recipient: RecipientExplanation }): VNode {
  const { address, verdict, steps } = recipient
  return (
    <section class="card">
      <h3>
        <Words text={address} none="no address named" />
      </h3>
      {verdict === null ? (
        <p>It did not fail: there is nothing to judge.</p>
      ) : (
        <p>
          <TypeMark type={verdict.type} category={verdict.category} /> <Cause category={verdict.category} />
        </p>
      )}
      <ol class="ladder">
        {steps.map(step => (
          <Rung key={step.rung} step={step} />
        ))}
      </ol>
    </section>
  )
}

function Rung({ step: { rung, opinion, fate } }: { readonly step: Step }): VNode {
  return (
    <li class={fate}>
      <span>{rungIn(rung)}</span>
      <span>
        {opinion === null ? (
          fateWords.silent
        ) : (
          <>
            {opinion.type ?? ''} {opinion.category}, by{' '}
            {rung === 'override' || rung === 'fallback' ? (
              <a href={`/rules/${encodeURIComponent(opinion.rule)}`}>rule {visible(opinion.rule)}</a>
            ) : (
              <code>{visible(opinion.rule)}</code>
            )}
            {opinion.text === undefined ? null : (
              <>
                {' '}
                (“
                <Words text={opinion.text} />
                ”)
              </>
            )}
            : {fateWords[fate]}
            <KnowledgePlace rung={rung} rule={opinion.rule} />
          </>
        )}
      </span>
    </li>
  )
}
