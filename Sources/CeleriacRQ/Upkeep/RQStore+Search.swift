public import CeleriacCore

extension RQStore: CallSearch {}
