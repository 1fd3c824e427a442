// What others write around a report, and what we write into our subjects: words of every cause that tell of none.

/** Footers of five kinds in six languages: what gateways, companies and products write under any mail. */
export const footers: Readonly<Record<string, string>> = {
  'scan-en':
    '-- \nThis message has been scanned for viruses and dangerous content, and is believed to be clean.\n',
  'scan-de':
    'Diese E-Mail wurde auf Viren geprüft. Virenfreie Nachrichten mit SchutzWall.\nhttps://schutz.example\n',
  'scan-fr': '---\nL’absence de virus dans ce courrier a été vérifiée par le logiciel antivirus Bouclier.\n',
  'legal-en':
    'This e-mail and any attachment are confidential. If you are not the intended recipient, the sender’s policy\nforbids its use; please notify postmaster@corp.example and delete it.\n',
  'legal-de':
    '_______________________________\nDiese Nachricht ist vertraulich. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich\nerhalten haben, informieren Sie bitte den Absender. Unbefugtes Kopieren ist nicht gestattet.\n',
  'legal-fr':
    "Ce message est confidentiel. S'il ne vous est pas destiné, merci de le détruire et d'en avertir l'expéditeur par\nretour. Toute utilisation non autorisée est interdite.\n",
  'spam-en':
    '-- \nTo report this mail as spam or to see our spam policy, visit https://filter.example. Unsolicited mail is blocked.\n',
  'spam-de':
    '-- \nUnerwünschte Werbung (Spam)? Hier als Spam melden: https://filter.example - Blockierte Absender verwalten.\n',
  'spam-fr':
    '-- \nSignaler comme indésirable (spam) : https://filtre.example - politique de filtrage des expéditeurs bloqués\n',
  'policy-en': '[This mail passed the SPF, DKIM and DMARC checks of our gateway and our content policy]\n',
  'policy-de': '[EXTERN] Diese E-Mail kommt von außerhalb. Richtlinie beachten: keine Anhänge öffnen.\n',
  'policy-fr':
    '[EXTERNE] Ce courriel vient de l’extérieur. Politique de sécurité : ne cliquez sur aucun lien.\n',
  'company-en':
    '-- \nHarbour Ltd, registered in England, company number 0550551. Our mailbox is full of ideas!\n',
  'company-de':
    '-- \nHafen GmbH, Geschäftsführer: Max Muster, Amtsgericht Hamburg HRB 55011\nBitte denken Sie an die Umwelt.\n',
  'company-fr': '-- \nPort SARL, siège social : 5 rue du Quai. Avant d’imprimer, pensez à l’environnement.\n',
  'scan-es': '-- \nEste mensaje ha sido analizado en busca de virus. No se han encontrado virus.\n',
  'scan-pl': '-- \nTa wiadomość została sprawdzona programem antywirusowym. Nie znaleziono wirusów.\n',
  'scan-ja': '-- \nこのメールはウイルスチェック済みです。ウイルスは検出されませんでした。\n',
  'legal-es':
    'Este mensaje es confidencial. Si usted no es el destinatario, no está permitido usarlo: bórrelo y avise al remitente.\n',
  'legal-pl':
    'Wiadomość jest poufna. Jeżeli nie są Państwo jej adresatem, prosimy o jej usunięcie i powiadomienie nadawcy.\n',
  'legal-ja':
    '----------\nこのメールには機密情報が含まれています。宛先に誤りがある場合は、送信者に連絡のうえ削除してください。\n',
  'spam-es':
    '-- \n¿Correo no deseado? Denuncie el spam y gestione los remitentes bloqueados: https://filtro.example\n',
  'spam-pl': '-- \nZgłoś spam lub zarządzaj zablokowanymi nadawcami: https://filtr.example\n',
  'spam-ja': '-- \n迷惑メールの報告と拒否リストの設定はこちら: https://filter.example\n',
  'policy-es': '[EXTERNO] Este correo viene de fuera. Política de seguridad: no abra archivos adjuntos.\n',
  'policy-pl': '[ZEWNĘTRZNA] Wiadomość spoza firmy. Polityka bezpieczeństwa: nie otwieraj załączników.\n',
  'policy-ja':
    '【社外】このメールは社外から送信されました。セキュリティポリシーに従い添付ファイルを開かないでください。\n',
  'company-es': '-- \nPuerto S.L., calle del Muelle 5. Antes de imprimir, piense en el medio ambiente.\n',
  'company-pl': '-- \nPort Sp. z o.o., ul. Portowa 55, KRS 0000550551, kapitał zakładowy 5 000 PLN\n',
  'company-ja': '-- \n港株式会社 〒550-0001 大阪市西区5-1-1 電話 06-5501-5511\n',
}

/** Subjects of ours that use the words of each cause. */
export const subjects = [
  'User unknown? Meet the people behind our blog',
  'Mailbox full? Five ways to tidy up',
  'Account disabled: how to win customers back',
  'Blocked by spam filters and blacklists: what to do',
  'Virus found in old software, update now',
  'Your message could not be delivered? Our tips',
  'Relay access denied and other horror stories',
  'Connection timed out: our new network',
  'Too many connections, greylisting and rate limits',
  'SPF, DKIM and DMARC policy explained',
  'Domain not found: register yours today',
  'Out of office: our summer sale',
]
