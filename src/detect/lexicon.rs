//! Words of names, by what they do to what a name says.

/// Words at a name's end that say how the value is written, not what it is.
#[rustfmt::skip]
pub(super) const WRITING: &[&str] = &[
    "value", "val", "string", "str", "text", "plain", "plaintext", "raw", "b", "base", "hex", "current", "old",
    "new", "previous", "prev", "latest", "default", "primary", "secondary", "prod", "production", "live", "test", "dev", "staging", "sandbox", "v", "s",
];

/// Names of a value alone, within what names it.
pub(super) const INNER: &[&str] = &["data", "content", "payload", "body", "contents"];

/// Segments that say nothing of their own: what holds them decides (`token.value`, `tokens.refresh`).
#[rustfmt::skip]
pub(super) const QUALIFIERS: &[&str] = &[
    "refresh", "access", "bearer", "session", "api", "auth", "csrf", "xsrf", "next", "client", "private", "shared", "signing",
];

/// Last words of what lies beside a secret in a map named after it, and is none.
#[rustfmt::skip]
pub(super) const BESIDE: &[&str] = &[
    "active", "actor", "age", "agent", "algorithm", "alg", "alias", "arn", "at", "attempts", "audience", "balance", "by", "category", "chain", "class", "client", "complexity", "contract", "cost", "count", "created",
    "date", "days", "decimals", "description", "device", "email", "enabled", "encrypted", "endpoint", "error", "errors", "etag", "exists", "exp", "expired", "expires", "expiration", "expiry", "failures", "field", "fields", "file", "fingerprint",
    "flow", "format", "group", "hash", "hashed", "hint", "host", "iat", "id", "ids", "index", "ip", "issuer", "kid", "kind", "label", "last", "length", "lifetime", "limit", "limits", "list", "locale", "location", "manager", "max", "message", "method", "min", "mode", "name", "names",
    "number", "off", "on", "owner", "page", "path", "policy", "prefix", "preview", "price", "provider", "quota", "ratio", "reason", "ref", "reference", "region", "required", "reset", "retries", "revoked", "role", "rotated", "rotation", "rule", "rules", "schema", "scope", "scopes", "score",
    "set", "since", "size", "source", "state", "status", "strength", "sub", "subject", "suffix", "supply", "symbol", "tenant", "time", "timestamp", "title", "total", "ttl", "type", "types", "unit", "updated", "uri", "url", "usage", "used", "user", "username", "users", "uuid", "valid", "verified", "version", "vendor",
];

/// Words anywhere in a name after which nothing under it is a secret as it stands.
#[rustfmt::skip]
pub(super) const DISARMED: &[&str] = &[
    "checksum", "cipher", "ciphertext", "encrypted", "enc", "fingerprint", "hashed", "masked", "obfuscated", "public", "publishable", "pub", "redacted", "sealed", "thumbprint", "tokenized", "truncated", "wrapped",
];

/// Words before `token` that make it a cursor, a guard against repetition, or an address of a device.
#[rustfmt::skip]
pub(super) const HARMLESS_TOKENS: &[&str] = &[
    "apns", "change", "client", "concurrency", "contract", "continuation", "crypto", "cursor", "dedup", "deduplication", "design", "device", "erc", "etag", "fcm",
    "fencing", "fungible", "governance", "idempotency", "input", "lock", "lp", "max", "next", "nft", "output", "page", "paging", "pagination", "position", "prev", "previous", "prompt", "push",
    "request", "resume", "reward", "scan", "scroll", "start", "starting", "stop", "sync", "total", "utility", "version",
];

/// Words before `key` that make it a secret; any other key is an index, a path or public.
#[rustfmt::skip]
pub(super) const SECRET_KEYS: &[&str] = &[
    "access", "account", "admin", "app", "application", "auth", "consumer", "crypto", "decryption", "deploy", "encryption", "hmac", "ingest", "ingestion", "integration", "linking",
    "license", "licence", "master", "preshared", "private", "root", "sdk", "secret", "server", "service", "session", "shared", "sign", "signing", "ssh", "subscription", "symmetric",
    "unseal", "vault", "wallet", "webhook",
];

/// Words beside which a key is that of a service or a cipher.
#[rustfmt::skip]
pub(super) const SERVICE_KEYS: &[&str] = &[
    "aes", "ai", "bot", "cf", "developer", "ecdsa", "fernet", "function", "functions", "gateway", "geocoding", "ghost", "graphql", "guardian", "harness", "jwt",
    "llm", "maps", "monday", "nasa", "neon", "partner", "riot", "rsa", "smtp", "sms", "square", "steam", "temporal", "tf", "weather", "write",
];

/// Words before `code` that make it one that lets somebody in.
#[rustfmt::skip]
pub(super) const SECRET_CODES: &[&str] = &[
    "access", "auth", "authentication", "authorization", "backup", "confirmation", "emergency", "fa", "login", "magic", "mfa", "oauth", "otp", "passwordless", "reset", "recovery", "scratch", "sms", "time", "totp", "unlock", "verification", "verify",
];

/// Words before `session` or `session id` that name an event, not a login.
#[rustfmt::skip]
pub(super) const OTHER_SESSIONS: &[&str] = &[
    "analytics", "batch", "call", "charging", "chat", "checkout", "class", "conference", "conversation", "course",
    "exam", "ga", "game", "job", "learning", "meeting", "parking", "payment", "play", "recording", "sales", "stripe", "study", "survey", "therapy", "tracking",
    "training", "trading", "video", "viewing", "workout",
];
