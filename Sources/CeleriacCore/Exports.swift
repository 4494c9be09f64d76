// A broker's module imports CeleriacCore and nothing else of this package. The errors, the clock, JSON values and
// schedules appear in the signatures of the core's own types, so users of these types need them as well.
@_exported public import CeleriacBase
@_exported public import CeleriacJSON
@_exported public import CeleriacSchedule
