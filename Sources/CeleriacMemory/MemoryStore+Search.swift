public import CeleriacCore

extension MemoryStore: CallSearch {}
