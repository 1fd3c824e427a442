<?php
// Mints Rebound's signed return paths. Layout: docs/return-path.md. PHP 8 (with intl where domains are not ASCII).

/** The return path of one mail, or null when it does not fit: then ask POST /v1/return-paths. */
function rebound_mint(string $secret, string $domain, int $module, string $id, string $to,
    ?int $campaign = null, ?string $mail = null, ?int $day = null): ?string
{
    $subkey = fn(string $purpose) => hash_hmac('sha256', "rebound/1/$purpose", $secret, true);
    $record = rebound_pack($id);
    $rest = $mail === null ? '' : rebound_pack($mail);
    if ($record === null || $rest === null) return null;
    $check = substr(hash_hmac('sha256', rebound_normal($to), $subkey('address'), true), 0, 4);
    $head = $subkey('key-id')[0] . pack('n', $day ?? intdiv(time(), 86400));
    $head .= $campaign === null ? chr($module) : chr($module | 0x80) . pack('N', $campaign);
    $body = $head . $check . $record . $rest;
    if (strlen($body) > 30) return null;
    $bits = '';
    foreach (str_split($body . substr(hash_hmac('sha256', $body, $subkey('path'), true), 0, 8)) as $byte) {
        $bits .= sprintf('%08b', ord($byte));
    }
    $digits = array_map(fn($five) => base_convert(str_pad($five, 5, '0'), 2, 32), str_split($bits, 5));
    return 'b-' . implode('', $digits) . "@$domain";
}

function rebound_pack(string $id): ?string
{
    if (preg_match('/^(0|[1-9][0-9]{0,19})$/D', $id) && strlen($number = rebound_number($id, 10)) <= 8) {
        return chr(strlen($number)) . $number;
    }
    if (preg_match('/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D', $id)) {
        return "\x10" . hex2bin(str_replace('-', '', $id));
    }
    if (preg_match('/^[0-9a-z]{17,20}$/D', $id)) {
        return chr(strlen($id)) . str_pad(rebound_number($id, 36), 13, "\0", STR_PAD_LEFT);
    }
    return $id !== '' && strlen($id) < 32 ? chr(0x20 + strlen($id)) . $id : null;
}

/** A number of any length as big-endian bytes without leading zeros. */
function rebound_number(string $digits, int $base): string
{
    $bytes = [];
    foreach (str_split($digits) as $digit) {
        $carry = intval($digit, 36);
        foreach ($bytes as $place => $byte) {
            $carry += $byte * $base;
            $bytes[$place] = $carry & 255;
            $carry >>= 8;
        }
        if ($carry > 0) $bytes[] = $carry;
    }
    return strrev(pack('C*', ...$bytes));
}

function rebound_normal(string $address): string
{
    $address = trim($address);
    $at = strrpos($address, '@');
    $domain = preg_replace('/\.$/D', '', substr($address, $at + 1));
    if (preg_match('/[^\x00-\x7f]/', $domain)) {
        $domain = idn_to_ascii($domain, IDNA_NONTRANSITIONAL_TO_ASCII, INTL_IDNA_VARIANT_UTS46);
    }
    return strtolower(substr($address, 0, $at) . '@' . $domain);
}
