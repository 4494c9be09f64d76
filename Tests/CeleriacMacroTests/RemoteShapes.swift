public import Celeriac
import Foundation

// Stubs of every shape that @RemoteTask takes. That this file compiles, without a warning, is half of the test.

@RemoteTask("tasks.add") func remoteAdd(_ x: Int, _ y: Int) async throws -> Int

@RemoteTask(
    "tasks.thumbnail", queue: "images", timeLimit: .seconds(30), priority: .high, expires: .minutes(10), timeout: .zero
)
func thumbnail(of image: String, width: Int = 200) async throws -> Point?

@RemoteTask("tasks.feed", route: ExchangeRoute(exchange: "feeds", routingKey: "feed.europe"), ignoreResult: true)
func feed(_ text: String) async throws

@RemoteTask("tasks.clear") private func remoteClear() async throws
@RemoteTask("tasks.open") public func remoteOpen(_ x: Int = 7) async throws -> JSONObject
@RemoteTask("tasks.box") package func remoteBox(_ x: Int!) async throws -> Void
@RemoteTask("tasks.old") @available(*, deprecated, message: "use remoteAdd") func remoteOld() async throws -> Date
@RemoteTask("tasks.quiet") @discardableResult func remoteQuiet(in: Int, `self`: Int, options: Int) async throws -> Int
@RemoteTask("tasks.main") @MainActor func remoteOnMain(_ x: UUID) async throws -> UUID
@RemoteTask("tasks.slow") nonisolated func remoteSlow(_ first: consuming [Int], or other: sending [Int]) async throws

func callsPrivately() -> TaskName { $remoteClear.name }

public enum Library {
    public static let width = 80

    @RemoteTask("library.find") public static func find(
        _ title: String, limit: Int? = nil, width: Int = width
    ) async throws -> [String]
    @RemoteTask("library.close") static func `default`(`default`: Bool = true) async throws

    public struct Book: Codable, Sendable, Hashable {
        public var title: String
        @RemoteTask("library.copy") public static func copy(_ book: Self) async throws -> Self
    }
}

public extension Library {
    @RemoteTask("library.burn") static func burn() async throws
}

actor Clerk {
    @RemoteTask("clerk.greet") static func greet() async throws -> String
}

class Elder {
    @RemoteTask("elder.name") class func name(of child: String) async throws -> String
}

/// Among types of the user's own whose names are ours or Swift's.
enum Jostled {
    struct Signature {}
    struct CallableTask {}
    struct Celeriac {}
    enum Swift {}

    @RemoteTask("jostled.f", ignoreResult: true) static func f(_ x: Int) async throws
    @RemoteTask("jostled.g") static func g(_ x: Int) async throws -> Int
}
