import CeleriacCore
@testable import CeleriacPool
import Dispatch
import Synchronization
import Testing

@Suite("executor of runs")
struct BatchExecutorTests {
    @Test("all tasks run, and the last batch is finished after the last of them")
    func batches() async {
        let (count, over) = (RunCount(), OneShot<Void>())
        let executor = BatchExecutor(mostDrains: 2, crowd: 8) {
            if count.value.load(ordering: .sequentiallyConsistent) == 500 { over.resolve(()) }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 {
                group.addTask(executorPreference: executor) {
                    await Task.yield()
                    count.value.add(1, ordering: .sequentiallyConsistent)
                }
            }
        }
        await over.value
    }

    private final class RunCount: Sendable {
        let value = Atomic(0)
    }

    @Test("a batch without jobs is finished too")
    func emptyBatch() async {
        let over = OneShot<Void>()
        BatchExecutor(mostDrains: 1, crowd: 0) { over.resolve(()) }.finishBatch()
        await over.value
    }

    @Test("a job that blocks its thread holds up the others only until the executor is relieved")
    func relief() async {
        let executor = BatchExecutor(mostDrains: 2, crowd: 32)
        let (gate, isBlocked, isRelieved) = (DispatchSemaphore(value: 0), OneShot<Void>(), OneShot<Void>())
        let blocker = Task(executorPreference: executor) {
            isBlocked.resolve(())
            gate.waitHere()
        }
        await isBlocked.value
        let other = Task(executorPreference: executor) { isRelieved.resolve(()) }
        executor.relieve()
        await isRelieved.value
        gate.signal()
        await blocker.value
        await other.value
    }
}

extension DispatchSemaphore {
    /// Blocks the thread, which the compiler would not let an asynchronous function do.
    fileprivate func waitHere() { wait() }
}
