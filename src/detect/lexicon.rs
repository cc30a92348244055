//! Words of names, by what they do to what a name says.

/// Words at a name's end that say how the value is written, not what it is.
#[rustfmt::skip]
pub(super) const WRITING: &[&str] = &[
    "value", "val", "string", "str", "text", "plain", "plaintext", "raw", "b", "base", "hex", "backup", "current", "old",
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
    "apns", "change", "client", "concurrency", "contract", "continuation", "crypto", "cursor", "dedup", "deduplication", "delta", "design", "device", "erc", "etag", "fcm",
    "fencing", "fungible", "governance", "idempotency", "input", "lock", "lp", "max", "next", "nft", "output", "page", "paging", "pagination", "position", "prev", "previous", "prompt", "push",
    "request", "resume", "reward", "scan", "scroll", "start", "starting", "stop", "sync", "total", "utility", "version",
];

/// Words before `key` that make it a secret; any other key is an index, a path or public.
#[rustfmt::skip]
pub(super) const SECRET_KEYS: &[&str] = &[
    "access", "account", "admin", "app", "application", "auth", "consumer", "crypto", "decrypt", "decryption", "deploy", "encrypt", "encryption", "gossip", "hmac", "ingest", "ingestion", "integration", "linking",
    "license", "licence", "master", "preshared", "radius", "sas", "sec", "private", "root", "sdk", "secret", "server", "service", "session", "shared", "services", "sign", "signature", "signing", "ssh", "subscription", "symmetric", "tacacs", "wifi", "wlan",
    "unseal", "vault", "wallet", "webhook",
];

/// Words beside which a key is that of a service or a cipher.
#[rustfmt::skip]
pub(super) const SERVICE_KEYS: &[&str] = &[
    "aes", "ai", "bgp", "bot", "box", "cbc", "cf", "chacha", "cognitive", "developer", "ecdsa", "fernet", "function", "functions", "gateway", "gcm", "geocoding", "ghost", "graphql", "guardian", "harness", "jwt",
    "llm", "maps", "monday", "nasa", "neon", "partner", "riot", "salsa", "secretbox", "rsa", "smtp", "sms", "square", "steam", "temporal", "tf", "weather", "write",
];

/// Words with which a key is that of a data model, of a store or of a place: it finds something and opens nothing.
#[rustfmt::skip]
pub(super) const INDEX_KEYS: &[&str] = &[
    "activity", "address", "alert", "alias", "answer", "archive", "article", "artifact", "asset", "attachment", "attribute", "audit", "avatar", "aws", "backup", "base", "batch", "block", "blob", "board",
    "body", "book", "branch", "bucket", "build", "by", "cache", "cached", "campaign", "candidate", "card", "cart", "catalog", "category", "cell", "certificate", "channel", "chunk", "city", "claim", "clip", "cluster", "clustering", "cohort", "collection", "color", "column", "comment", "commit", "company",
    "component", "composite", "condition", "config", "configuration", "contact", "content", "context", "conversation", "correlation", "cose", "country", "coupon", "course", "cover", "cursor", "customer", "dashboard", "data", "database", "dataset", "date", "day", "dedup", "dedupe", "deduplication", "deal", "department", "dependency", "design", "device", "dictionary",
    "digest", "dimension", "directory", "document", "domain", "draft", "driver", "edge", "element", "email", "employee", "end", "entity", "entry", "environment", "error", "event", "exclusive", "experiment", "export", "external", "face", "feature", "feed", "field", "file", "filter", "first", "flag", "folder", "font", "foreign", "form", "frame", "game", "geo", "global",
    "grant", "graph", "group", "grouping", "gsi", "hash", "header", "history", "host", "hotel", "i18n", "icon", "idem", "idempotency", "idempotent", "identity", "image", "img", "import", "incident", "index", "ingredient", "input", "instance", "inventory", "invoice", "issue", "item", "job", "join", "json", "kind", "kms", "label", "language", "last", "layer", "layout", "lead", "ledger",
    "leading", "lesson", "level", "line", "link", "list", "listing", "local", "locale", "location", "lock", "log", "logo", "lookup", "lsi", "manifest", "map", "mapping", "market", "match", "media", "member", "menu", "merge", "message", "metric", "migration", "mode", "model", "module", "month", "name", "natural", "nav", "node", "note", "notification", "object", "offer", "operation",
    "option", "order", "org", "organization", "original", "output", "owner", "package", "page", "parameter", "parent", "part", "partition", "party", "path", "patient", "payment", "performer", "period", "permission", "person", "photo", "pictures", "picture", "pipeline", "place", "plan", "platform", "player", "playlist", "point", "policy", "poll", "position", "post", "prefix", "preview", "primary", "product", "profile", "project",
    "promo", "property", "provider", "query", "question", "queue", "quote", "range", "rate", "recipe", "record", "recording", "redis", "reference", "region", "registry", "relation", "release", "report", "request", "reservation", "resource", "response", "result", "review", "role", "room", "route", "routing", "row", "rule", "run", "sample", "schema", "score", "script", "search", "season", "seat", "section", "segment", "sender",
    "sequence", "series", "setting", "shard", "sheet", "shop", "site", "sku", "slot", "snapshot", "song", "sort", "source", "space", "spec", "sprint", "stack", "stage", "start", "state", "status", "step", "stock", "storage", "store", "story", "string", "style", "subject", "supplier", "surrogate", "survey", "symbol", "sync", "table", "tag", "target", "task", "team", "template", "tenant", "test", "text", "theme", "thing", "thread",
    "thumb", "thumbnail", "ticket", "tile", "time", "title", "topic", "track", "tracking", "trade", "transaction", "transfer", "translation", "tree", "trip", "type", "unique", "unit", "update", "upload", "user", "variable", "variant", "vehicle", "vendor", "version", "vertex", "video", "view", "visit", "voucher", "warehouse", "week", "widget", "word", "work", "workflow", "workspace", "year", "zone",
];

/// Words before `code` that make it one that lets somebody in.
#[rustfmt::skip]
pub(super) const SECRET_CODES: &[&str] = &[
    "access", "alarm", "auth", "authentication", "authorization", "backup", "confirmation", "door", "emergency", "fa", "gate", "login", "magic", "mfa", "oauth", "otp", "passwordless", "reset", "recovery", "scratch", "sms", "time", "totp", "unlock", "verification", "verify",
];

/// Words before `session` or `session id` that name an event, not a login.
#[rustfmt::skip]
pub(super) const OTHER_SESSIONS: &[&str] = &[
    "analytics", "batch", "call", "charging", "chat", "checkout", "class", "conference", "conversation", "course",
    "exam", "ga", "game", "job", "learning", "meeting", "parking", "payment", "play", "recording", "sales", "stripe", "study", "survey", "therapy", "tracking",
    "training", "trading", "video", "viewing", "workout",
];
