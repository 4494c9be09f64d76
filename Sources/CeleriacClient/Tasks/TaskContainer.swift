/// A type whose methods are tasks. Attach `@TaskContainer` to a struct, a final class or an actor to conform to it.
///
/// A worker calls the tasks on the value of the type in ``AppOptions/containers``. Many calls use the value at the same
/// time.
public protocol TaskContainer: Sendable {}

/// The values that the tasks of an app are methods of, by their types.
package struct TaskContainers: Sendable {
    private let values: [ObjectIdentifier: any TaskContainer]

    /// - Throws: `CeleriacError` with code `invalidConfiguration` if two values have the same type.
    init(_ given: [any TaskContainer]) throws {
        values = try given.reduce(into: [:]) { values, value in
            let type = type(of: value)
            guard values.updateValue(value, forKey: ObjectIdentifier(type)) == nil else {
                throw CeleriacError(
                    .invalidConfiguration,
                    "AppOptions.containers has two values of \(String(reflecting: type)): give one of each type")
            }
        }
    }

    package func has(_ type: any TaskContainer.Type) -> Bool { values[ObjectIdentifier(type)] != nil }

    package func value<Container: TaskContainer>(of type: Container.Type) -> Container? {
        values[ObjectIdentifier(type)] as? Container
    }
}
