// How the examinations write down what they find.

import type { DoctorFinding, FindingState } from '../model/doctor-finding.ts'

const finding =
  (state: FindingState) =>
  (check: string, says: string, fix: string | null = null): DoctorFinding => ({ check, state, says, fix })

export const ok = finding('ok')
export const unknown = finding('unknown')
export const warning = finding('warning')
export const fault = finding('fault')

export const wordsOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  return String(code ?? message ?? error)
}
