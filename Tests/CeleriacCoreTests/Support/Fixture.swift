import CeleriacCore
import Foundation
import Testing

/// A recording made with the real Celery.
struct Fixture {
    let document: JSONValue

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        document = try JSONValue(parsing: Data(contentsOf: url))
    }

    /// The `raw` text that was recorded at the place, for example of the first of the `messages`.
    func recorded(_ list: String) throws -> JSONValue {
        let text = try #require(document[list]?[0]?["raw"]?.stringValue)
        return try JSONValue(parsing: text)
    }
}
