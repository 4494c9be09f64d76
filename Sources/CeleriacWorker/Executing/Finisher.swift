/// Takes each attempt through its stages to its end.
///
/// ```
/// Executor ---> outcome ---> CallbackRunner ---> outcome ---> Verdict ---> CanvasRunner ---> Ending ---> Settler
/// runs the task              success, failure     retry, park, …           what follows      one value    the stores
/// ```
///
/// Each stage takes a value and returns one; none changes what an earlier one has returned.
final class Finisher: Sendable {
    private let executor: Executor
    private let callbacks: CallbackRunner
    private let maker: EndingMaker
    private let settler: Settler
    private let slots: Slots
    private let log: EndingLog
    /// Where the attempts go on. `nil` = on Swift's own executor.
    private let taskExecutor: (any TaskExecutor)?

    init(
        executor: Executor, callbacks: CallbackRunner, maker: EndingMaker, settler: Settler, slots: Slots,
        log: EndingLog, taskExecutor: (any TaskExecutor)?
    ) {
        self.executor = executor
        self.callbacks = callbacks
        self.maker = maker
        self.settler = settler
        self.slots = slots
        self.log = log
        self.taskExecutor = taskExecutor
    }

    /// Starts a task for each attempt, unstructured because each must be cancelled separately. ``Slots`` knows them
    /// all, and the worker does not leave before they have ended or been given up.
    func start(_ attempts: [Attempt]) {
        guard let first = attempts.first else { return }
        // The first attempt's task starts the others from the pool instead of the lane, so that one wake-up serves all.
        first.run(
            in: Task(executorPreference: taskExecutor) { [taskExecutor] in
                for attempt in attempts.dropFirst() {
                    attempt.run(in: Task(executorPreference: taskExecutor) { await self.process(attempt) })
                }
                await self.process(first)
            })
    }

    /// Gives deliveries back that were not started: uncounted, and to their old places. The last claimed comes first,
    /// since a broker puts each before its peers.
    ///
    /// - Parameter attempts: in the order in which they were claimed.
    func giveBack(_ attempts: [Attempt]) {
        for attempt in attempts.reversed() { settler.submit(maker.ending(ofUnstarted: attempt)) }
    }

    /// Runs one attempt to its end, and hands the ending to the settler.
    private func process(_ attempt: Attempt) async {
        defer {
            attempt.forgetTask()
            slots.end(attempt)
        }
        if attempt.isRepeated { return settler.submit(maker.ending(ofRepeated: attempt)) }
        let execution = await callbacks.execution(after: executor.execute(attempt), of: attempt)
        let ending = await maker.ending(of: attempt, execution)
        // Logs first: the worker may end as soon as the last attempt is settled.
        log.write(ending)
        settler.submit(ending)
    }
}
