// The doctor: is everything set up so that bounces arrive and stay? Each finding with what to do.

import type { DoctorFinding, FindingState } from '../model/doctor-finding.ts'
import { findingStates } from '../model/doctor-finding.ts'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Notice, Words } from './words.tsx'

export const doctorPath = '/settings/doctor'

const marks: Readonly<Record<FindingState, { readonly word: string; readonly look: string }>> = {
  ok: { word: 'ok', look: 'good' },
  unknown: { word: 'unknown', look: 'blocked' },
  warning: { word: 'warning', look: 'soft' },
  fault: { word: 'fault', look: 'hard' },
}

export const doctor: Routes = (app, { ports }, send) => {
  app.get(doctorPath, async (request, reply) => {
    const found = await ports.examine()
    // What has to be mended first.
    const items = [...found].sort((a, b) => findingStates.indexOf(b.state) - findingStates.indexOf(a.state))
    const faults = found.filter(({ state }) => state === 'fault').length
    const content = (
      <>
        <Heading title="Doctor" />
        {faults === 0 ? (
          <Notice kind="done">Nothing is wrong that can be seen from here.</Notice>
        ) : (
          <Notice kind="fault">
            {faults} {faults === 1 ? 'thing is' : 'things are'} wrong: mend what stands first.
          </Notice>
        )}
        <Table
          label="Findings"
          columns={columns}
          items={items}
          keyOf={({ check, says }) => `${check} ${says}`}
          empty="Nothing was found."
        />
        <p>
          <a class="button" href={doctorPath}>
            Examine again
          </a>
        </p>
      </>
    )
    return send(request, reply, { title: 'Doctor', section: 'settings', content })
  })
}

const columns: readonly TableColumn<DoctorFinding>[] = [
  { title: 'What', kind: 'address', cell: ({ check }) => <Words text={check} /> },
  {
    title: 'State',
    kind: 'words',
    cell: ({ state }) => <span class={`mark ${marks[state].look}`}>{marks[state].word}</span>,
  },
  { title: 'What is', kind: 'long', cell: ({ says }) => <Words text={says} /> },
  {
    title: 'What to do',
    kind: 'long',
    cell: ({ state, fix }) => <Words text={state === 'ok' ? null : fix} none="nothing" />,
  },
]
