import Hummingbird

/// The context of a request. Bodies larger than 16 KiB are answered with 413.
struct SignupContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    var maxUploadSize: Int { 16 << 10 }

    init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
}
