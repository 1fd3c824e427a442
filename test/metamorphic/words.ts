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
  'scan-ar': '-- \nتم فحص هذه الرسالة بحثا عن الفيروسات ولم يتم العثور على أي فيروس.\n',
  'legal-ar':
    'هذه الرسالة سرية وموجهة إلى المرسل إليه فقط. إذا لم تكن المستلم المقصود فيرجى إبلاغ المرسل وحذفها.\n',
  'legal-he': '-- \nהודעה זו חסויה ומיועדת לנמען בלבד. אם אינך הנמען, נא להודיע לשולח ולמחוק אותה.\n',
  'spam-he': '-- \nלדיווח על דואר זבל או לניהול שולחים חסומים: https://filter.example\n',
  'scan-ru': '-- \nПисьмо проверено антивирусом, вирусов не обнаружено.\n',
  'legal-ru':
    'Это сообщение конфиденциально. Если вы не являетесь его получателем, сообщите отправителю и удалите письмо.\n',
  'policy-ru': '[ВНЕШНЕЕ] Письмо отправлено извне. Политика безопасности: не открывайте вложения и ссылки.\n',
  'legal-tr': 'Bu ileti gizlidir. Alıcısı siz değilseniz lütfen göndereni uyarınız ve iletiyi siliniz.\n',
  'scan-tr': '-- \nBu e-posta virüslere karşı taranmıştır. Virüs bulunamadı.\n',
  'legal-it':
    'Questo messaggio è riservato. Se non siete il destinatario, vi preghiamo di avvisare il mittente e di cancellarlo.\n',
  'scan-it': '-- \nMessaggio analizzato dall’antivirus: nessun virus trovato.\n',
  'legal-pt':
    'Esta mensagem é confidencial. Se não for o destinatário, avise o remetente e apague-a. O uso não autorizado é proibido.\n',
  'scan-nl': '-- \nDit bericht is gescand op virussen en is schoon bevonden.\n',
  'legal-nl':
    'Dit bericht is vertrouwelijk. Bent u niet de geadresseerde, stel dan de afzender op de hoogte en verwijder het.\n',
  'legal-sv':
    'Detta meddelande är konfidentiellt. Om du inte är rätt mottagare, meddela avsändaren och radera det.\n',
  'legal-cs':
    'Tato zpráva je důvěrná. Pokud nejste jejím adresátem, informujte prosím odesílatele a zprávu smažte.\n',
  'legal-hu':
    'Ez az üzenet bizalmas. Ha nem Ön a címzett, kérjük, értesítse a feladót, és törölje az üzenetet.\n',
  'legal-el':
    'Το μήνυμα είναι εμπιστευτικό. Αν δεν είστε ο παραλήπτης, ενημερώστε τον αποστολέα και διαγράψτε το.\n',
  'legal-ko':
    '----------\n본 메일은 기밀 정보를 포함하고 있습니다. 수신자가 아닌 경우 발신자에게 알리고 삭제해 주십시오.\n',
  'scan-ko': '-- \n이 메일은 바이러스 검사를 마쳤습니다. 바이러스가 발견되지 않았습니다.\n',
  'legal-zh': '-- \n本邮件含有保密信息。如果您不是收件人，请通知发件人并删除。未经许可禁止使用。\n',
  'scan-zh': '-- \n此邮件已通过病毒扫描，未发现病毒。\n',
  'legal-th': '-- \nข้อความนี้เป็นความลับ หากท่านไม่ใช่ผู้รับ โปรดแจ้งผู้ส่งและลบทิ้ง\n',
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

/** What gateways put above any mail. */
export const disclaimers: Readonly<Record<string, string>> = {
  en: 'CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you\nrecognize the sender and know the content is safe.',
  'en framed':
    '*****************************************************\n* External sender. Check it before you open anything. *\n*****************************************************',
  de: 'ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte öffnen Sie keine Anhänge unbekannter Absender.',
  fr: 'ATTENTION : ce courriel provient de l’extérieur. N’ouvrez pas les pièces jointes d’un expéditeur inconnu.',
  es: 'PRECAUCIÓN: este correo procede de fuera de la organización. No abra archivos de remitentes desconocidos.',
  ru: 'ВНИМАНИЕ: письмо отправлено извне организации. Не открывайте вложения от неизвестных отправителей.',
  ja: '【注意】このメールは社外から送信されています。不明な送信者の添付ファイルを開かないでください。',
  he: 'זהירות: הודעה זו נשלחה מחוץ לארגון. אין לפתוח קבצים משולח לא מוכר.',
  ar: 'تنبيه: هذه الرسالة من خارج المؤسسة. لا تفتح المرفقات من مرسل غير معروف.',
  nl: 'LET OP: dit bericht komt van buiten de organisatie. Open geen bijlagen van onbekende afzenders.',
}

/** Texts of ours about bounces: they say nothing of this one. */
export const bouncesInOurMail = [
  'Hello Ana,\nmailbox full? User unknown? Your message could not be delivered?\nWe help. 550 5.1.1 is our favourite number.\nThe team of ana@crm.example',
  'Dear customer,\n552 5.2.2 Over quota\n<info@crm.example>: host mx.crm.example said: 554 5.7.1 blocked using list.example\nThat is what your customers read. Not any more.',
  'Hallo,\nIhr Postfach ist voll? Empfänger unbekannt? Bald ist auch Ihr Konto gesperrt.\nBis bald',
]
