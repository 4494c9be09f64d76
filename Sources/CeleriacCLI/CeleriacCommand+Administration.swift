public import Celeriac
import Configuration
import Foundation
import Logging

extension CeleriacCommand {
    /// Runs the process's arguments as a command on whatever broker they name, and ends the process with its exit code:
    /// the command line of a program without tasks of its own.
    ///
    /// The broker is what `--broker` (`-b`) says, else `CELERIAC_BROKER_URL`; the result backend what `--result-backend`
    /// says, else `CELERIAC_RESULT_BACKEND`, else the broker's own. There is no command `worker`.
    ///
    /// - Parameters:
    ///   - name: the executable's, for the help.
    ///   - version: the executable's; `--version` prints it, and Celeriac's behind it.
    ///   - schemes: the backends that may be named. `memory` is always among them.
    ///   - options: what holds where nothing is configured: in which formats results are read, for example.
    ///   - arguments: what is run; by default the process's own.
    public static func administer(
        name: String, abstract: String = "", version: String = "", schemes: [BackendScheme],
        options: AppOptions = AppOptions(),
        arguments: [String] = Array(CommandLine.arguments.dropFirst())
    ) async {
        let given = BrokerArguments(arguments)
        var session = CommandSession(administering: schemes, given, options: options)
        session.name = name
        session.abstract = abstract
        session.version = version
        await Foundation.exit(session.run(CeleriacCommand.self, given.rest))
    }
}

extension CommandSession {
    /// For a program without tasks, on the broker that its arguments name.
    init(
        administering schemes: [BackendScheme], _ given: BrokerArguments, options: AppOptions = AppOptions(),
        environment: any ConfigProvider = EnvironmentVariablesProvider()
    ) {
        self.init { logger in
            if let problem = given.problem { throw problem }
            let configuration = ConfigReader(providers: [given.provider, environment])
            return try TaskApp(
                configuration: configuration, schemes: schemes, options: options, logger: logger)
        }
        discussion = BrokerArguments.help
        runsTasks = false
    }
}

extension BrokerArguments {
    /// The settings that they are.
    fileprivate var provider: InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        if let broker { values["celeriac.broker.url"] = ConfigValue(.string(broker), isSecret: true) }
        if let resultBackend {
            values["celeriac.result.backend"] = ConfigValue(.string(resultBackend), isSecret: true)
        }
        return InMemoryProvider(values: values)
    }
}
