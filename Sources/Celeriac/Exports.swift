// Users import one module; the ground, the pictures of canvases and the in-memory broker come with it.
@_exported public import CeleriacCanvas
@_exported public import CeleriacCore
@_exported public import CeleriacMemory
// What users name of a pool; the rest of it is not theirs.
@_exported public import struct CeleriacPool.ChildLoss
@_exported public import struct CeleriacPool.ChildOptions
