//! Nouns and adjectives of names in other languages than English, and the letters that they are written with.

/// Words as [`fold`] leaves them, in English.
#[rustfmt::skip]
const WORDS: &[(&str, &[&str])] = &[
    ("password", &[
        "contrasena", "contrasenia", "contrasenya", "senha", "palavrapasse", "motdepasse", "mdp", "passwort", "passwoerter", "kennwort", "losungswort", "passord",
        "wachtwoord", "losenord", "loesenord", "adgangskode", "kodeord", "salasana", "haslo", "heslo", "jelszo", "parol", "parola", "parole", "sifre", "sifresi", "lozinka",
        "geslo", "slaptazodis", "parool", "matkhau", "katasandi", "sandi", "pasahitza", "lykilord", "fjalekalimi", "pasvorto",
    ]),
    ("token", &["jeton", "jetons", "gettone", "ficha", "zugangstoken", "zugriffstoken", "sitzungstoken", "zeton", "znacznik"]),
    ("secret", &["secreto", "secreta", "segredo", "segreto", "segreta", "geheimnis", "geheim", "geheimer", "geheimes", "sekret", "hemlighet", "hemmelighed", "hemmelighet", "tajemstvi", "titok", "gizli", "salaisuus", "rahasia"]),
    ("key", &["clave", "llave", "chave", "cle", "chiave", "schlussel", "schluessel", "sleutel", "nyckel", "nogle", "nokkel", "avain", "klucz", "klic", "kulcs", "cheie", "anahtar", "kljuc", "khoa", "kunci", "raktas", "clau"]),
    ("credential", &["credencial", "credenciales", "credenciais", "credenziali", "identifiants", "zugangsdaten", "anmeldedaten", "inloggegevens", "uprawnienia"]),
    ("session", &["sesion", "sessao", "seance", "sitzung", "sessione", "sessie", "sesja", "oturum"]),
    ("access", &["acceso", "acesso", "acces", "accesso", "zugang", "zugangs", "zugriff", "zugriffs", "toegang", "dostep", "dostepu", "erisim"]),
    ("private", &["privada", "privado", "privee", "prive", "privata", "privat", "privater", "prywatny"]),
    ("public", &["publica", "publico", "publique", "pubblica", "oeffentlich", "offentlich", "oeffentlicher", "openbare", "publiczny"]),
    ("encryption", &["cifrado", "encriptacion", "chiffrement", "verschlusselung", "verschluesselung", "criptografia", "crittografia"]),
    ("refresh", &["actualizacion", "refresco", "rafraichissement", "atualizacao", "aktualisierung"]),
    ("type", &["tipo", "typ", "tip"]),
    ("date", &["fecha", "datum", "dato", "tarih"]),
    ("expiry", &["expira", "expiracion", "caducidad", "ablauf", "expiracao", "validade", "scadenza", "vencimiento", "verfall"]),
    ("created", &["creado", "creada", "criado", "cree", "erstellt", "creato"]),
    ("updated", &["actualizado", "actualizada", "atualizado", "geaendert", "geandert", "modifie", "aggiornato", "cambiada", "alterada"]),
    ("count", &["cantidad", "longitud", "anzahl", "nombre", "quantidade", "tamanho", "lange", "laenge"]),
    ("encrypted", &["cifrada", "encriptada", "encriptado", "verschlusselt", "verschluesselt", "chiffre", "criptografada", "cifrata"]),
    ("hashed", &["hasheada", "hasheado", "gehasht"]),
];

/// Parts of words in writings that put no space between them.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("hash", &["ハッシュ", "哈希", "хеш", "хэш"]),
    (
        "count",
        &[
            "数量",
            "回数",
            "количество",
            "更新日",
            "日時",
            "时间",
            "時間",
            "дата",
            "срок",
            "类型",
            "種類",
            "тип",
        ],
    ),
    (
        "password",
        &[
            "パスワード",
            "暗証番号",
            "合言葉",
            "密码",
            "密碼",
            "口令",
            "비밀번호",
            "암호",
            "пароль",
            "пароля",
            "парол",
            "лозинка",
            "кодовое",
            "κωδικ",
            "συνθηματικ",
            "كلمةالمرور",
            "كلمة",
            "מרור",
            "סיסמ",
            "पासवर्ड",
            "कूटशब्द",
            "รหัสผ่าน",
            "გასაღები",
            "գաղտնաբառ",
            "পাসওয়ার্ড",
            "கடவுச்சொல்",
            "passwörter",
        ],
    ),
    ("token", &["トークン", "令牌", "权杖", "토큰", "токен", "رمز", "אסימון", "टोकन", "โทเค็น"]),
    (
        "secret",
        &[
            "秘密鍵",
            "秘密",
            "シークレット",
            "密钥",
            "密鑰",
            "機密",
            "비밀키",
            "비밀",
            "секрет",
            "مفتاحسري",
            "סוד",
            "गुप्त",
            "μυστικ",
        ],
    ),
    ("credential", &["凭证", "凭据", "憑證", "認証情報", "資格情報", "자격증명", "учетныеданные"]),
];

/// What stays behind the noun: it says what of the secret is meant.
const BEHIND: &[&str] = &[
    "at",
    "count",
    "created",
    "date",
    "encrypted",
    "expiry",
    "hash",
    "hashed",
    "hint",
    "id",
    "length",
    "type",
    "updated",
];

/// Little words between a noun and what belongs to it.
const LITTLE: &[&str] = &[
    "de", "del", "do", "da", "dos", "das", "di", "du", "des", "la", "le", "el", "of", "d", "der", "fur",
    "fuer", "para", "pour", "per", "van",
];

/// Adds a letter without its marks: `ñ` as `n`, `ß` as `ss`.
pub(crate) fn fold(c: char, word: &mut String) {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => word.push('a'),
        'ç' | 'ć' | 'č' => word.push('c'),
        'ð' | 'đ' | 'ď' => word.push('d'),
        'è'..='ë' | 'ē' | 'ę' | 'ě' | 'ė' => word.push('e'),
        'ğ' => word.push('g'),
        'ì'..='ï' | 'ī' | 'ı' => word.push('i'),
        'ł' | 'ľ' => word.push('l'),
        'ñ' | 'ń' | 'ň' => word.push('n'),
        'ò'..='ö' | 'ø' | 'ő' | 'ō' | 'ọ' => word.push('o'),
        'ř' => word.push('r'),
        'ś' | 'š' | 'ş' | 'ș' => word.push('s'),
        'ť' | 'ț' => word.push('t'),
        'ù'..='ü' | 'ů' | 'ű' | 'ū' => word.push('u'),
        'ý' | 'ÿ' => word.push('y'),
        'ź' | 'ż' | 'ž' => word.push('z'),
        'ậ' | 'ấ' | 'ẩ' => word.push('a'),
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        'œ' => word.push_str("oe"),
        c => word.push(c),
    }
}

/// Brings words to English. A noun of another language that stands before what belongs to it goes behind:
/// `clave api`, `jeton d'accès`.
pub(crate) fn english(words: Vec<String>) -> Vec<String> {
    let mut noun = None;
    let mut secret = false;
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if word == "passe" && out.iter().any(|w| w == "mot") {
            out.retain(|w| w != "mot" && w != "de");
            noun = Some("password");
            continue;
        }
        match translate(&word) {
            Some("secret") => secret = true,
            // `parola chiave` is a password, not a key.
            Some("key") if noun == Some("password") => {}
            Some(found @ ("password" | "token" | "key" | "credential")) => {
                noun = Some(found);
                out.extend(before(&word).map(str::to_owned));
            }
            Some(other) => out.push(other.to_owned()),
            // `token de acceso`: an English noun in a phrase of another language.
            None if word == "de" || word == "do" || word == "del" => {
                if out.last().is_some_and(|w| w == "token") {
                    out.pop();
                    noun = Some("token");
                }
            }
            None => out.push(word),
        }
    }
    if noun.is_none() && !secret {
        return out;
    }
    out.retain(|w| !LITTLE.contains(&w.as_str()));
    let place = out.iter().position(|w| BEHIND.contains(&w.as_str())).unwrap_or(out.len());
    let nouns = secret.then_some("secret").into_iter().chain(noun);
    out.splice(place..place, nouns.map(str::to_owned));
    out
}

/// What the beginning of a word written together says of its end: `zugangsschlüssel`, `geheimschlüssel`.
fn before(word: &str) -> Option<&'static str> {
    const STARTS: &[(&str, &str)] = &[
        ("zugang", "access"),
        ("zugriff", "access"),
        ("geheim", "secret"),
        ("sitzung", "session"),
        ("privat", "private"),
        ("api", "api"),
        ("toegang", "access"),
        ("sessie", "session"),
        ("signatur", "signing"),
        ("haupt", "master"),
    ];
    STARTS
        .iter()
        .find(|(start, _)| word.starts_with(start) && word.len() > start.len())
        .map(|(_, english)| *english)
}

fn translate(word: &str) -> Option<&'static str> {
    if word.is_ascii() {
        // Written together, as German does: `benutzerpasswort`.
        let ends = ["passwort", "kennwort", "schluessel", "schlussel", "wachtwoord", "sleutel", "losenord"];
        if let Some(end) = ends.iter().find(|end| word.len() > end.len() && word.ends_with(**end)) {
            return translate(end);
        }
        return WORDS.iter().find(|(_, all)| all.contains(&word)).map(|(english, _)| *english);
    }
    SCRIPTS
        .iter()
        .find(|(_, parts)| parts.iter().any(|part| word.contains(part)))
        .map(|(english, _)| *english)
}
