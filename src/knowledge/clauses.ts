// Nouns and predicates of refusals in many languages: who a clause is about, and what it says of them. A server says
// that somebody is unknown or refused in more ways than phrases can be listed; that the one is the sender or the
// recipient is said by one noun. All lower case, folded (no diacritics) where texts are searched.

export type Party = 'sender' | 'server' | 'recipient' | 'elsewhere'
/** `unconfirmed` is English, whose phrases of an absent recipient are listed as causes: it tells of the sender alone. */
export type Predicate = 'absent' | 'unconfirmed' | 'full' | 'refused'

export interface Nouns {
  readonly party: Party
  readonly texts: readonly string[]
}

export interface Predicates {
  readonly predicate: Predicate
  readonly texts: readonly string[]
}

/** A table of words: `|` separates them, lines group languages. */
function list(table: string): readonly string[] {
  return table
    .split('|')
    .map(word => word.trim())
    .filter(word => word !== '')
}

export const nouns: readonly Nouns[] = [
  {
    // Whoever the mail is from, by whichever of its names.
    party: 'sender',
    texts: list(`
      sender | return address | return path | return-path | reply address | reply-to | from header | from address |
      envelope from | header from | helo | ehlo | your address | your email address | your e-mail address |
      your domain | domain of your | your mailbox |
      ihr konto | ihr postfach | votre compte | su cuenta | vostro account | sua conta | uw account | ditt konto |
      din konto | twoje konto | panstwa konto | vase schranka | ваш аккаунт | ваша учетная запись | hesabiniz |
      from-adresse | adresse from | direccion from | indirizzo from | endereco from | from アドレス | fromアドレス |
      avsandarens adress | avsenderens adresse | afsenderens adresse | lahettajan osoite | gonderen adresi |
      gonderenin adresi | felado cime | 您的账号 | 您的帐号 |
      absender | versender | ihre domain | ihre adresse | ihre e-mail-adresse | ihre mailadresse | expediteur | votre domaine | votre adresse | votre adresse e-mail | remitente |
      su dominio | su direccion | su direccion de correo | mittente | mittenti | vostro dominio | suo dominio | remetente | seu dominio | afzender |
      uw domein | uw adres | uw e-mailadres | avsandar | avsandare | avsender | afsender | lahettaj | nadawc | nadawca | отправител | відправник |
      ваш домен | ваш адрес | gonderen | gonderici | odesilatel | odosielatel | felado | expeditor | αποστολε |
      发件人 | 寄件人 | 寄件者 | 发信人 | 發件人 | 送信者 | 送信元 | 発信者 | 差出人 | 보낸 사람 | 보내는 사람 | 발신자 | 발신인 | שולח
    `),
  },
  {
    party: 'server',
    texts: list(`
      your server | your mail server | your mailserver | your ip | your host |
      ihr server | ihr mailserver | ihre ip | votre serveur | votre ip | votre adresse ip | su servidor | su ip |
      su direccion ip | vostro server | tuo server | suo server | vostro ip | seu servidor | seu ip | uw server |
      uw mailserver | uw ip | din server | ваш сервер | ваш ip | sunucunuz | vas server | twoj serwer |
      wasz serwer | panstwa serwer | vase ip | twoje ip | panstwa ip |
      ip-adresse | adresse ip | direccion ip | indirizzo ip | endereco ip | ip-adres | ip-adress | adres ip |
      ip adresa | ip-адрес | ip адрес | ip adresi | ip地址 | ip 地址 | ipアドレス | ip 주소 | 您的服务器 | 您的ip | 你的ip | 貴サーバ | お使いのサーバ | 귀하의 서버 | 귀하의 ip
    `),
  },
  {
    party: 'recipient',
    texts: list(`
      recipient | addressee | rcpt | your addressee |
      empfanger | empfaenger | adressat | benutzer | postfach | destinataire | utilisateur | boite aux lettres |
      destinatario | usuario | buzon | utente | casella | caixa postal | ontvanger | gebruiker | geadresseerde |
      postbus | mottagar | anvandar | mottaker | brukeren | modtager | brugeren | vastaanottaja | kayttaja | odbiorc |
      adresat | uzytkownik | skrzynk | получател | пользовател | почтовый ящик | ящик | поштова скриньк | скриньк | адресат | отримувач | одержувач | користувач |
      prijemce | prijemca | uzivatel | schrank | cimzett | felhasznalo | postafiok | postalada | destinatar |
      utilizator | alici | kullanici | παραληπτ | χρηστη | 收件人 | 收件者 | 收信人 | 用户 | 用戶 | 使用者 | 受信者 | 宛先 | 受取人 |
      konto | compte | conta | cuenta | adresse | adres | adresa | direccion | endereco | indirizzo |
      e-mail-adresse | e-mailadresse | mailadresse | adresse e-mail | adresse de messagerie | direccion de correo |
      indirizzo e-mail | indirizzo di posta | endereco de e-mail | endereco de email | e-mailadres | e-postadress |
      mailadressen | adres e-mail | adresu e-mail | e-mailova adresa | e-mailovou adresu | адрес электроннои почты |
      邮件地址 | 邮箱地址 | 郵件地址 | 信箱 | メール アドレス | メールアドレス | 메일 주소 | 이메일 주소 | メールボックス | nguoi dung | nguoi nhan |
      ユーザ | 수신자 | 수신인 | 받는 사람 | 사용자 | נמען | משתמש
    `),
  },
  {
    // What a phrase about absence may be about instead of a mailbox.
    party: 'elsewhere',
    texts: list(`
      whitelist | white list | allowlist | allow list | contact list | link target | hyperlink | in url |
      dem empfanger | dem empfaenger | dem benutzer | link points to | url points to | link domain | server des empfangers | server des empfaengers |
      serveur du destinataire | servidor del destinatario | server del destinatario | servidor do destinatario |
      server van de ontvanger | certificat du destinataire | certificado del destinatario |
      anhang | anhange | anhaenge | dateityp | zertifikat | passwort | kennwort | signatur | datum | inhalt | kopfzeile |
      nachricht ungultig | nachricht ungueltig | piece jointe | fichier | certificat | mot de passe | contenu | en-tete |
      adjunto | archivo | formato | contrasena | contenido | encabezado | allegato | certificato | contenuto |
      intestazione | anexo | ficheiro | arquivo | certificado | conteudo | cabecalho | bijlage | bestand |
      certificaat | wachtwoord | inhoud | bilaga | bilagan | vedhaeft | vedlegg | certifikat | sertifikat | losenord |
      adgangskode | passord | zalacznik | certyfikat | priloha | prilohu | heslo | вложени | файл | сертификат | парол |
      заголовок | 添付 | 証明書 | パスワード | 附件 | 证书 | 密码 | 憑證 | 密碼 | 첨부 | 인증서 | 비밀번호
    `),
  },
]

export const predicates: readonly Predicates[] = [
  {
    predicate: 'absent',
    texts: list(`
      unbekannt | nicht bekannt | existiert nicht | nicht vorhanden | nicht gefunden | nicht mehr gultig | ungultig | ungueltig |
      inconnu | n'existe pas | n'existe plus | introuvable | inexistant | invalide |
      desconocid | no existe | inexistente | inesistent | no encontrad | no valid | non valid | sconosciut | non esiste | non trovat | non e stato trovat | non e stata trovat |
      desconhecid | nao existe | nao encontrad | invalid | onbekend | bestaat niet | niet gevonden | ongeldig |
      okand | finns inte | finns ej | hittades inte | existerar inte | ukjent | finnes ikke | eksisterer ikke |
      ukendt | findes ikke | tuntematon | ei loydy | ei ole olemassa | nieznan | nie istnieje | nie znalezion |
      nie mozna odnalezc | nie mozna znalezc | kunde inte hittas | gick inte att hitta | blev ikke fundet |
      ikke fundet | ikke funnet | blev ikke funnet | ei loytynyt | nebyla nalezena | nebyl nalezen | khong ton tai |
      neexistuje | neznam | nenalezen | nem letezik | ismeretlen | nem talalhato | necunoscut | nu exista |
      bilinmeyen | bulunamadi | bulunamiyor | mevcut degil | αγνωστ | δεν υπαρχει | δεν βρεθηκ | не наиден | не существует |
      неизвестн | неизвестен | несуществующ | не зарегистрирован | не знаидено | не існує | невідом | 不存在 | 找不到 | 查无 | 查無 | 不正确 | 未找到 | 无效 | 未知 | 無效 |
      存在しません | 見つかりません | 見つからない | 不明 | 존재하지 않 | 찾을 수 없 | 알 수 없 | לא קיים | לא נמצא | לא ידוע
    `),
  },
  {
    predicate: 'unconfirmed',
    texts: list(`
      does not exist | doesn't exist | do not exist | not exist | is unknown | is invalid | is not valid |
      not found | cannot be found | could not be found | cannot be verified | could not be verified |
      cannot be resolved | could not be resolved | does not resolve | undeliverable | unroutable | not reachable
    `),
  },
  {
    predicate: 'full',
    texts: list(`
      ist voll | voll ist | uberfullt | est pleine | est plein | est saturee | esta lleno | esta llena | e piena | e pieno |
      esta cheia | esta cheio | is vol | vol is | zit vol | vol zit | ar full | ar fullt | er fuld | er full | on taynna |
      jest pelna | jest przepelnion | je plna | megtelt | este plin | dolu | ειναι πληρ | γεματο | переполнен | переповнен | заполнен |
      已满 | 已滿 | 空间不足 | 空間不足 | いっぱい | 一杯 | 満杯 | 가득
    `),
  },
  {
    predicate: 'refused',
    texts: list(`
      gesperrt | abgelehnt | verweigert | blockiert | nicht erlaubt | nicht zugelassen | nicht autorisiert |
      nicht akzeptiert | sperrliste | unerwunscht |
      bloque | refuse | rejete | interdit | non autorise | liste noire | rechazad | denegad | no permitid |
      no autorizad | no se permite | lista negra | bloccat | rifiutat | respint | non autorizzat | non ammess |
      lista nera | bloquead | rejeitad | recusad | nao autorizad | nao permitid | geblokkeerd | geweigerd |
      afgewezen | niet toegestaan | zwarte lijst | sparrad | blockera | avvisa | nekad | inte tillat | avvist |
      blokkert | afvist | blokeret | estetty | hylatty | zablokowan | odrzucon | zabronion | niedozwolon |
      czarnej liscie | cerne listine | ciernej listine | заблокирован | блокирован | отклонен | запрещен | отказан | отвергнут | не разрешен |
      черном списке | engellendi | engellenmis | reddedildi | zablokovan | odmitnut | zamitnut | letiltva | tiltott |
      elutasit | blocat | respins | interzis | αποκλειστ | απορριφθ | 拒绝 | 被拒 | 屏蔽 | 黑名单 | 封禁 | 拒否 | 拒絶 |
      ブロック | 차단 | 거부
    `),
  },
]
