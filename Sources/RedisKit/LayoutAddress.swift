package import CeleriacCore
package import RESPClient

/// The settings of a layout on a Redis server, as far as a URL can set them.
package protocol LayoutOptions: Sendable {
    /// The URL schemes of the layout.
    static var schemes: ServerSchemes { get }
    /// The names of the options, for the error about an unknown one.
    static var names: String { get }

    init()

    /// - Returns: `false` if the layout has no option of that name.
    /// - Throws: ``CeleriacError`` with code `invalidURL` if the value is invalid.
    mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool
}

/// A server and the settings of a layout on it, read from a URL.
package struct LayoutAddress<Options: LayoutOptions>: Sendable {
    package let configuration: RESPConfiguration
    package let options: Options

    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    package init(_ url: BackendURL) throws {
        var options = Options()
        configuration = try ServerAddress(url, schemes: Options.schemes, known: Options.names) {
            try options.set($0, to: $1, url)
        }.configuration
        self.options = options
    }
}
