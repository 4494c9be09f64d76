// A program that only sends imports this module alone; the ground, the pictures of canvases and the in-memory broker come with it.
@_exported public import CeleriacCanvas
@_exported public import CeleriacCore
@_exported public import CeleriacMemory
