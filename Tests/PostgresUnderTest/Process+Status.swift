import Foundation
import TestKit

extension Process {
    /// Starts the process, and returns its exit status when it has ended. Holds no thread meanwhile.
    func status() async throws -> Int32 {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try begin() } catch { continuation.resume(throwing: error) }
        }
    }
}
