/// `broker.redis` is one property for both layouts, and its declaration lies in RedisKit. All else there is `package`, so this
/// exports nothing more.
@_exported public import RedisKit
