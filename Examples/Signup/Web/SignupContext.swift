import Hummingbird

/// A request's context. Bodies of this API are small: larger ones are answered with 413.
struct SignupContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    var maxUploadSize: Int { 16 << 10 }

    init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
}
