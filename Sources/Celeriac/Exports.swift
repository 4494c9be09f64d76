// Users import one module; the ground and the in-memory broker come with it.
@_exported public import CeleriacCore
@_exported public import CeleriacMemory
