public import CeleriacCore

extension SQLiteStore: CallSearch {}
