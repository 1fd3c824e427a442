// Proofpoint (pphosted.com): a Sendmail in front of other people's mail servers, with header fields of the filter.

import type { Situation, Writer } from '../situation.ts'
import { sendmailReport } from './sendmail.ts'

export const proofpoint: Writer = {
  program: 'Proofpoint Protection Server',
  format: 'report',
  actions: ['failed', 'delayed', 'delivered'],
  write: (situation: Situation) => {
    const { vary } = situation
    const host = `mx0${vary.pick(['a', 'b'])}-00${vary.hex(4)}01.pphosted.com`
    const guid = vary.text(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
    return sendmailReport(situation, {
      host,
      version: '8.18.1.2',
      extra: [
        `X-Proofpoint-GUID: ${guid}`,
        'X-Proofpoint-Virus-Version: vendor=baseguard',
        ' engine=ICAP:2.0.293,Aquarius:18.0.1039',
        'X-Proofpoint-Spam-Details: rule=notspam policy=default score=0',
      ],
    })
  },
}
