/// Both layouts share the property `broker.redis`, which RedisKit declares. Everything else there is `package`, so this
/// exports nothing more.
@_exported public import RedisKit
