import Synchronization

/// A place where the worker's module keeps one object for the lifetime of an app.
struct Attached: ~Copyable, Sendable {
    private let object = AtomicLazyReference<any AnyObject & Sendable>()

    /// Returns the object of the place. The first call makes it.
    func object<Object: AnyObject & Sendable>(_ make: () -> Object) -> Object {
        let kept = object.load() ?? object.storeIfNil(make())
        guard let kept = kept as? Object else { preconditionFailure("two modules keep an object in one app") }
        return kept
    }
}

extension TaskApp {
    /// The object that the worker's module keeps for this app. The first call makes it.
    package func attached<Object: AnyObject & Sendable>(_ make: () -> Object) -> Object { attachment.object(make) }
}
