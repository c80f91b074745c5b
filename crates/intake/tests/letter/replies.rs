//! What somebody wrote, without what they quoted.

use crate::corpus::{gmail_answer, page, text};
use intake::read;

fn reply(body: &str) -> String {
    read(&text(body)).reply
}

#[test]
fn lines_above_quotes_in_many_languages() {
    for head in [
        "On Mon, Nov 23, 2026 at 10:00 AM Desk <desk@desk.example> wrote:",
        "On 23 Nov 2026, at 10:00, Desk wrote:",
        "Am 23.11.2026 um 10:00 schrieb Desk:",
        "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Desk <\ndesk@desk.example>:",
        "Le lun. 23 nov. 2026 à 10:00, Desk <desk@desk.example> a écrit :",
        "El lun, 23 nov 2026 a las 10:00, Desk (<desk@desk.example>) escribió:",
        "Em seg., 23 de nov. de 2026 às 10:00, Desk <desk@desk.example> escreveu:",
        "pon., 23 lis 2026 o 10:00 Desk <desk@desk.example> napisał(a):",
        "W dniu 23.11.2026 o 10:00, Desk pisze:",
        "Op ma 23 nov 2026 om 10:00 schreef Desk <desk@desk.example>:",
        "Il giorno lun 23 nov 2026 alle ore 10:00 Desk <desk@desk.example> ha scritto:",
        "Den mån 23 nov. 2026 kl 10:00 skrev Desk <desk@desk.example>:",
        "Den man. 23. nov. 2026 kl. 10.00 skrev Desk <desk@desk.example>:",
        "man. 23. nov. 2026 kl. 10:00 skrev Desk <desk@desk.example>:",
        "po 23. 11. 2026 v 10:00 odesílatel Desk <desk@desk.example> napsal:",
        "Dňa 23. 11. 2026 o 10:00 Desk napísal(a):",
        "ma 23. marrask. 2026 klo 10.00 Desk (desk@desk.example) kirjoitti:",
        "Desk <desk@desk.example>, 23 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
        "пн, 23 нояб. 2026 г. в 10:00, Desk <desk@desk.example>:",
        "2026年11月23日(月) 10:00 Desk <desk@desk.example>:",
        "Desk <desk@desk.example> 于2026年11月23日周一 10:00写道：",
        "Quoting Desk <desk@desk.example>:",
        "Zitat von Desk <desk@desk.example>:",
        "On Monday, 23 November 2026 at 10:00:00 a very long name of somebody\nwith words <desk@desk.example>\nwrote:",
    ] {
        assert_eq!(
            reply(&format!("No, it is not.\n\n{head}\n\n> Is it plugged in?\n> Bye\n")),
            "No, it is not.",
            "{head}"
        );
        // The answer below the quote.
        assert_eq!(
            reply(&format!("{head}\n> Is it plugged in?\n> Bye\n\nNo, it is not.")),
            "No, it is not.",
            "{head}"
        );
    }
}

#[test]
fn lines_above_quotes_that_are_not_marked() {
    for head in [
        "On Mon, Nov 23, 2026 at 10:00 AM Desk <desk@desk.example> wrote:",
        "On Mon, 23 Nov 2026 10:00:00 +0100 Desk <desk@desk.example> wrote",
        "In data 23 novembre 2026 10:00:00 Desk <desk@desk.example> ha scritto:",
        "Desk <desk@desk.example> wrote:",
        "Desk <desk@desk.example> schrieb am Mo., 23. Nov. 2026 um 10:00 Uhr:",
        "пн, 23 нояб. 2026 г. в 10:00, Desk <desk@desk.example>:",
        "2026-11-23 10:00 GMT+01:00 Desk <desk@desk.example>:",
        "---- On Mon, 23 Nov 2026 10:00:00 +0100 Desk <desk@desk.example> wrote ----",
        "------------------ Original ------------------",
        "-------- Oprindelig besked --------",
    ] {
        let body = format!("No, it is not.\n\n{head}\n\nIs it plugged in?\n\nBye\n");
        assert_eq!(reply(&body), "No, it is not.", "{head}");
    }
    // Words between dashes above the headers, in a language that nobody knows.
    assert_eq!(
        reply(
            "No.\n\n------ Nescio quid ------\nFrom: Desk\nDate: Monday\nTo: Jane\nSubject: x\n\nIs it?\n"
        ),
        "No."
    );
    for body in [
        "Write to Desk <desk@desk.example>:\n\nIs it plugged in?",
        "We wrote to <desk@desk.example>.\n\nNobody answered.",
        "== Last night ==\nIt was down from 10:00 to 11:00.",
    ] {
        assert_eq!(reply(body), body);
    }
}

#[test]
fn a_line_above_a_quote_that_was_torn_apart() {
    for head in [
        "Desk <desk@desk.example> schrieb am Mo., 23. Nov. 2026 um\n10:00 Uhr:",
        "Desk <desk@desk.example> schrieb am Mo., 23.\nNov. 2026 um 10:00 Uhr:",
        "2026-11-23 10:00 GMT+01:00 Desk of Everything <\ndesk@desk.example>:",
        "Desk <desk@desk.example>\nwrote:",
        "Desk of Everything <\ndesk@desk.example> wrote:",
    ] {
        let body = format!("No, it is not.\n{head}\n> Is it plugged in?\n");
        assert_eq!(reply(&body), "No, it is not.", "{head}");
    }
}

#[test]
fn headers_of_what_is_answered_in_many_languages() {
    for block in [
        "From: Desk <desk@desk.example>\nSent: Monday, 23 November 2026 10:00\nTo: Jane\nSubject: Printer",
        "Von: Desk <desk@desk.example>\nGesendet: Montag, 23. November 2026 10:00\nAn: Jane\nBetreff: Drucker",
        "De : Desk\nEnvoyé : lundi 23 novembre 2026\nÀ : Jane\nObjet : Imprimante",
        "De: Desk\nEnviado: lunes\nPara: Jane\nAsunto: x",
        "De: Desk\nEnviada em: segunda\nPara: Jane\nAssunto: x",
        "Od: Desk\nWysłano: poniedziałek\nDo: Jane\nTemat: x",
        "Van: Desk\nVerzonden: maandag\nAan: Jane\nOnderwerp: x",
        "Da: Desk\nInviato: lunedì\nA: Jane\nOggetto: x",
        "Från: Desk\nSkickat: måndag\nTill: Jane\nÄmne: x",
        "Fra: Desk\nSendt: mandag\nTil: Jane\nEmne: x",
        "Od: Desk\nOdesláno: pondělí\nKomu: Jane\nPředmět: x",
        "Lähettäjä: Desk\nLähetetty: maanantai\nVastaanottaja: Jane\nAihe: x",
        "Kimden: Desk\nGönderildi: Pazartesi\nKime: Jane\nKonu: x",
        "От: Desk\nОтправлено: понедельник\nКому: Jane\nТема: x",
        "*From:* Desk\n*Date:* Monday\n*To:* Jane, Bob,\n Carol\n*Subject:* x",
        "发件人: Desk\n发送时间: 2026\n收件人: Jane\n主题: x",
    ] {
        for above in ["", "________________________________\n", "-----Original Message-----\n"] {
            assert_eq!(
                reply(&format!("Still broken.\n\n{above}{block}\n\nIs it plugged in?\n")),
                "Still broken.",
                "{block}"
            );
        }
    }
    for mark in [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "----- Oryginalna wiadomość -----",
        "-----Oorspronkelijk bericht-----",
        "-----Messaggio originale-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Original Message----",
        "-------- Původní zpráva --------",
        "##- Please type your reply above this line -##",
    ] {
        assert_eq!(reply(&format!("Still broken.\n{mark}\nold words")), "Still broken.", "{mark}");
    }
}

#[test]
fn signatures_and_telephones() {
    for tail in [
        "-- \nJane Doe\nhttps://example.org",
        "--\nJane",
        "-Jane",
        "—Jane M. Doe",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Verzonden vanaf mijn iPhone",
        "Inviato da iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Odesláno z iPhonu",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Gesendet von Mail für Windows",
        "Sent from Mail for Windows",
        "Sent from my Galaxy",
        "Отправлено с iPhone",
    ] {
        assert_eq!(reply(&format!("Still broken.\n\n{tail}\n")), "Still broken.", "{tail}");
        assert_eq!(
            reply(&format!(
                "Still broken.\n\n{tail}\n\nOn Mon, Nov 23, 2026 at 10:00, Desk wrote:\n> x\n"
            )),
            "Still broken.",
            "{tail}"
        );
    }
}

#[test]
fn what_is_no_quote_stays() {
    let footer = format!(
        "{}\nusers mailing list\nusers@lists.example\nhttps://lists.example/users",
        "_".repeat(47)
    );
    assert_eq!(reply(&format!("Still broken.\n\n{footer}")), "Still broken.");
    let table = format!("Host\n{}\ndb1 is down\ndb2 is up", "_".repeat(47));
    assert_eq!(reply(&table), table);
    for body in [
        "The log says:\n\nFrom: a\nTo: b",
        "I wrote: it is broken",
        "Error: x\nSubject: y\n\nplease help",
        "Steps:\n1. On Monday I wrote: hello\n2. done",
        "a -- b",
        "--------\nTable\n--------",
        "These are down:\n\n-Printer\n-Scanner",
        "It says\n\n-E 42",
        "This one is down:\n\n-Printer",
        "Sent from the server: 5 packets\nReceived: 3\nLost: 2\nMore\nMore\nMore\nMore\nMore\nMore\nMore",
        "On 2026-11-23 the disk was full.\n\nCan you look?",
    ] {
        assert_eq!(reply(body), body);
    }
    // Answers between quotes.
    assert_eq!(
        reply("On Mon, Nov 23, 2026, Desk wrote:\n> Is it plugged in?\nYes.\n> Is it on?\nNo.\n"),
        "Yes.\nNo."
    );
    let point = reply("> Which one is it?\n\n-Printer\n\n> Since when?\n\nToday.\n");
    assert!(point.contains("-Printer") && point.contains("Today."), "{point}");
    // Nothing but a quote: everything stays.
    let quote = "On Mon, Nov 23, 2026, Desk wrote:\n> Is it plugged in?";
    assert_eq!(reply(quote), quote);
    assert_eq!(reply("-- \nJane"), "--\nJane");
}

#[test]
fn answers_in_pages() {
    let gmail = read(&gmail_answer());
    assert_eq!(gmail.reply, "It works now, thanks!");
    assert_eq!(
        gmail.text,
        "It works now, thanks!\n\nOn Mon, 23 Nov 2026 at 10:00, Desk <desk@desk.example> wrote:\n\n> Is it plugged in?"
    );
    for html in [
        "<p>Yes.</p><div class=\"moz-cite-prefix\">Am 23.11.26 um 10:00 schrieb Desk:<br></div><blockquote type=\"cite\" cite=\"mid:x\"><p>Is it?</p></blockquote>",
        "<div>Yes.</div><div><br><blockquote type=\"cite\"><div>On 23 Nov 2026, at 10:00, Desk wrote:</div><br><div>Is it?</div></blockquote></div>",
        "<div>Yes.</div><div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>Irgendwas:</b> x</div><div>Is it?</div>",
        "<div>Yes.</div><div id=\"appendonsend\"></div><hr><div><b>From:</b> Desk</div><div>Is it?</div>",
        "<div>Yes.</div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>From:</b> Desk</p></div><p>Is it?</p>",
        "<div>Yes.</div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\">On Monday, Desk wrote:<div>Is it?</div></div>",
        "<div>Yes.</div><div>-- <br></div><div class=\"gmail_signature\">Jane<br>Boss</div>",
        "<div>Yes.</div><div class=\"moz-signature\">-- <br>Jane</div>",
        "<div>Yes.</div><div>23.11.2026, 10:00, \"Desk\" &lt;desk@desk.example&gt;:</div><blockquote><div>Is it?</div></blockquote>",
        "<div>Yes.</div><div>Sent from my iPhone</div>",
    ] {
        assert_eq!(read(&page(html)).reply, "Yes.", "{html}");
    }
    let indented = "<div>Steps:</div><blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\"><div>turn it off</div></blockquote>";
    assert_eq!(read(&page(indented)).reply, "Steps:\n\nturn it off");
    let between = "<blockquote type=cite>One?</blockquote><p>Yes.</p><blockquote type=cite>Two?</blockquote><p>No.</p>";
    assert_eq!(read(&page(between)).reply, "Yes.\n\nNo.");
}
