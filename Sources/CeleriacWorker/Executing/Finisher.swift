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
    private let log: EndingLog

    init(
        executor: Executor, callbacks: CallbackRunner, maker: EndingMaker, settler: Settler, log: EndingLog
    ) {
        self.executor = executor
        self.callbacks = callbacks
        self.maker = maker
        self.settler = settler
        self.log = log
    }

    /// Runs one attempt to its end, and hands the ending to the settler.
    func process(_ attempt: Attempt) async {
        if attempt.isRepeated { return settler.submit(maker.ending(ofRepeated: attempt)) }
        var execution = await executor.execute(attempt)
        execution.outcome = await callbacks.outcome(after: execution, of: attempt)
        let ending = await maker.ending(of: attempt, execution)
        settler.submit(ending)
        log.write(ending)
    }
}
