public import CeleriacCore

extension RedisStore: CallSearch {}
