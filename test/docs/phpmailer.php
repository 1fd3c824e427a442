<?php
// Stands in for PHPMailer, which comes with Composer: the documented names that docs/ uses, and the SMTP they lead to.
// What it does not know it refuses, so that a slip in a snippet fails.

namespace PHPMailer\PHPMailer;

class PHPMailer
{
    public $Host = 'localhost';
    public $Port = 25;
    public $Subject = '';
    public $Body = '';
    public $Sender = '';
    private string $from = '';
    private array $to = [];
    private array $headers = [];
    private bool $smtp = false;

    public function __construct(?bool $exceptions = null) {}
    public function __set($name, $value) { throw new \LogicException("PHPMailer has no property $name here"); }
    public function isSMTP() { $this->smtp = true; }
    public function addAddress($address, $name = '') { $this->to[] = $address; return true; }
    public function addCustomHeader($name, $value = null) { $this->headers[] = "$name: $value"; return true; }

    public function setFrom($address, $name = '', $auto = true)
    {
        $this->from = $address;
        if ($auto && $this->Sender === '') $this->Sender = $address;
        return true;
    }

    public function send()
    {
        if (!$this->smtp) throw new \LogicException('isSMTP() was not called');
        $socket = stream_socket_client("tcp://$this->Host:$this->Port");
        $say = function (?string $line) use ($socket) {
            if ($line !== null) fwrite($socket, "$line\r\n");
            do $reply = fgets($socket); while ($reply !== false && $reply[3] === '-');
            if ($reply === false || $reply[0] > '3') throw new \RuntimeException("$line: $reply");
        };
        $say(null);
        $say('EHLO crm.example');
        $say("MAIL FROM:<$this->Sender>");
        foreach ($this->to as $to) $say("RCPT TO:<$to>");
        $say('DATA');
        $head = ["From: $this->from", 'To: ' . implode(', ', $this->to), "Subject: $this->Subject", ...$this->headers];
        $say(implode("\r\n", $head) . "\r\n\r\n$this->Body\r\n.");
        $say('QUIT');
        return true;
    }
}
