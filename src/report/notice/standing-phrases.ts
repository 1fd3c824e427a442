// What gateways and companies write under any mail: that it was scanned, is confidential or came from outside. A
// paragraph with such words and no failure of its own tells nothing of the mail that came back. Lower-cased, plain.

import { list } from './phrases.ts'

export const standingPhrases = list(`
  scanned for virus | scanned for spam | scanned by | checked for virus | checked by | virus-free | virus free | no virus | free of virus |
  believed to be clean | mailscanner | protected by | content filter has | outgoing mail is certified |
  auf viren geprüft | auf viren gescannt | auf viren überprüft | virengeprüft | virenfrei | frei von viren | keine viren | virenschutz |
  sans virus | aucun virus | exempt de virus | analyse antivirus | analysé par | contre les virus | vérifié par |
  libre de virus | sin virus | analizado por | revisado por | busca de virus | contiene virus |
  privo di virus | esente da virus | controllato da | livre de vírus | sem vírus | verificado por | op virussen | virusvrij |
  provereno na viry | проверено на | проверен на | вирусов не | przeskanowan | wolna od wirus | 病毒扫描 | ウイルスチェック | ウイルススキャン |

  intended recipient | intended solely | intended only for | intended for the | confidential | privileged | disclaimer | in error, please |
  received this e-mail in error | received this email in error | received this message in error | legally binding |
  vertraulich | nicht der richtige adressat | nicht der vorgesehene empfänger | nicht der beabsichtigte | irrtümlich | rechtsverbindlich |
  confidentiel | destinataire prévu | destinataire visé | n'êtes pas le destinataire | par erreur | avis de non-responsabilité |
  confidencial | destinatario previsto | no es el destinatario | por error | aviso legal |
  riservat | destinatario previsto | non è il destinatario | per errore | confidenciai | não é o destinatário | por engano |
  vertrouwelijk | niet de bedoelde | abusievelijk | konfident | fortrolig | poufne | důvěrn | dôvern | bizalmas | конфиденциальн |
  конфіденційн | gizlidir | εμπιστευτικ | 机密 | 機密 | 기밀 |

  originated from outside | originated outside | comes from outside | came from outside | external sender | external email | external mail |
  do not click | don't click | be careful with links | unless you recognize | unless you recognise | externe e-mail | externer absender |
  courriel externe | expéditeur externe | correo externo | remitente externo | mittente esterno |

  report this mail as | report this message as | report this email as | report as spam | to report spam | report spam | spam melden | signaler comme |
  reportar como | click here to unsubscribe | to unsubscribe | abmelden | se désabonner | darse de baja | anti-spam policy | our spam policy |
  email policy | e-mail policy | acceptable use | may be monitored | are monitored | werden überwacht | unerwünschte werbung | politique de sécurité |
  política de seguridad | passed spf | passed dkim | passed dmarc | spf, dkim |

  registered office | registered in england | company number | managing director | geschäftsführer | handelsregister | amtsgericht |
  siège social | domicilio social | sede legale | before you print | before printing | consider the environment | an die umwelt | l'environnement |
  medio ambiente
`)
