import Foundation

/// The Python of the tests' own packages.
enum Python {
    static let path = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appending(path: ".venv/bin/python").path
}
