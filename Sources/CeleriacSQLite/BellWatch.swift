import CeleriacCore
import Dispatch
import Foundation
import Synchronization
import StoreKit

/// Calls back when any process writes to a file. Uses inotify on Linux and kqueue on Darwin.
///
/// On Linux it fires only once each time it is armed, so that a busy file costs nothing in a store without waiters.
final class BellWatch: Sendable {
    /// Dispatch's objects may be used from any thread (`dispatch_source_create(3)`), but the Linux overlay does not
    /// declare that.
    nonisolated(unsafe) private let source: any DispatchSourceProtocol
    #if canImport(Darwin)
        init(_ path: String, _ file: FileDescriptor, onRing: @escaping @Sendable () -> Void) throws {
            let source = DispatchSource.makeFileSystemObjectSource(
                fileDescriptor: file.number, eventMask: .write, queue: Self.queue)
            source.setEventHandler(handler: onRing)
            source.activate()
            self.source = source
        }

        func arm() {}
    #else
        private let path: String
        private let inotify: Int32

        init(_ path: String, _ file: FileDescriptor, onRing: @escaping @Sendable () -> Void) throws {
            self.path = path
            let inotify = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            guard inotify >= 0 else { throw SystemCallError(code: errno) }
            self.inotify = inotify
            let source = DispatchSource.makeReadSource(fileDescriptor: inotify, queue: Self.queue)
            source.setEventHandler {
                Self.empty(inotify)
                onRing()
            }
            source.setCancelHandler { close(inotify) }
            source.activate()
            self.source = source
        }

        /// Listens for the next ring. Earlier rings are not heard.
        func arm() {
            inotify_add_watch(inotify, path, UInt32(IN_MODIFY) | UInt32(IN_ONESHOT))
        }

        private static func empty(_ inotify: Int32) {
            withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
                while read(inotify, buffer.baseAddress, buffer.count) > 0 {}
            }
        }
    #endif

    private static let queue = DispatchQueue(label: "celeriac.sqlite.bell", qos: .userInteractive)

    func cancel() { source.cancel() }
}

/// Passes the rings of other processes on to the waiters of this process.
final class BellRelay: Sendable {
    private let bell: Bell
    private let wakeUps: WakeUps
    private let watch = Guarded<BellWatch?>(nil)

    init(_ bell: Bell, _ wakeUps: WakeUps) {
        self.bell = bell
        self.wakeUps = wakeUps
    }

    func watch(by watch: BellWatch) { self.watch.withLock { $0 = watch } }

    func rung() {
        // Arms the watch first, so that any ring from here on is heard.
        if !wakeUps.isEmpty { watch.withLock { $0?.arm() } }
        wakeUps.ringAll(for: bell.heard())
    }
}
