@_exported public import CeleriacClient
// What users name of a pool; the rest of it is not theirs.
@_exported public import struct CeleriacPool.ChildLoss
@_exported public import struct CeleriacPool.ChildOptions
