public import CeleriacCore

extension PostgresStore: CallSearch {}
