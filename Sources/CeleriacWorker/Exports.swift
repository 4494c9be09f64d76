@_exported public import CeleriacClient
// The names of the pool that users need; the rest is internal.
@_exported public import struct CeleriacPool.ChildLoss
@_exported public import struct CeleriacPool.ChildOptions
