public import Foundation

/// Returns the executable of a program of this package, which lies beside the test bundle.
public func builtProgram(_ name: String) -> URL {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.appending(path: name).path), folder.path != "/" {
        folder = folder.deletingLastPathComponent()
    }
    return folder.appending(path: name)
}
