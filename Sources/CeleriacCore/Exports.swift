// A broker's module imports CeleriacCore and nothing else of this package. The errors, the clock, JSON values and schedules
// stand in the signatures of the core's own types, so that whoever reads these needs them as well.
@_exported public import CeleriacBase
@_exported public import CeleriacJSON
@_exported public import CeleriacSchedule
