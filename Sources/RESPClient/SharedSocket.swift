import CSharedSocket
import NIOCore

/// A second descriptor of a channel's socket, for threads other than its event loop's. It stays valid until it is
/// released, whatever becomes of the channel.
struct SharedSocket: Sendable {
    private let descriptor: CInt
    private static let readSize = 4096

    /// Must be called on the channel's event loop.
    ///
    /// - Returns: `nil` if the channel has no socket, or the process can open no further descriptor.
    init?(of channel: any Channel) {
        let shared = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self, celeriac_share_socket)
        guard let shared, shared >= 0 else { return nil }
        descriptor = shared
    }

    /// Sends as much as the socket takes at once, and moves the reader index past it.
    ///
    /// - Returns: whether that was all.
    func write(_ bytes: inout ByteBuffer) -> Bool {
        while bytes.readableBytes > 0 {
            let count = bytes.withUnsafeReadableBytes { bytes in
                bytes.baseAddress.map { celeriac_send_now(descriptor, $0, UInt(bytes.count)) } ?? 0
            }
            guard count > 0 else { return false }
            bytes.moveReaderIndex(forwardBy: count)
        }
        return true
    }

    /// Waits for bytes and reads them.
    ///
    /// - Returns: `nil` if none came in time, or the connection has ended.
    func read(until deadline: NIODeadline) -> ByteBuffer? {
        let rest = (deadline - .now()).nanoseconds
        guard rest > 0 else { return nil }
        var bytes = ByteBuffer()
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.readSize) { room in
            room.baseAddress.map { max(celeriac_receive_within(descriptor, $0, UInt(room.count), rest), 0) } ?? 0
        }
        return bytes.readableBytes > 0 ? bytes : nil
    }

    /// Wakes the thread that waits in ``read(until:)``, for good.
    func shutDown() { celeriac_end_connection(descriptor) }

    func release() { celeriac_close_descriptor(descriptor) }
}
