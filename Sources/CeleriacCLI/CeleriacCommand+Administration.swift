public import Celeriac
import Configuration
import Foundation
import Logging

extension CeleriacCommand {
    /// Runs a command on the broker that the arguments name, and ends the process with the command's exit code: the
    /// command line of a program without tasks of its own.
    ///
    /// The broker is the URL after `--broker` (`-b`), else `CELERIAC_BROKER_URL`. The result backend is the URL after
    /// `--result-backend`, else `CELERIAC_RESULT_BACKEND`, else the broker's own. There is no `worker` command.
    ///
    /// - Parameters:
    ///   - name: the name of the executable, shown in the help.
    ///   - version: the version of the executable; `--version` prints it, followed by Celeriac's version.
    ///   - schemes: the backends that users may name. `memory` is always available.
    ///   - options: the settings that apply where nothing is configured, such as the formats in which results are read.
    ///   - arguments: the command to run; by default the process's own arguments.
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
    /// Creates the session of a program without tasks, on the broker that its arguments name.
    init(
        administering schemes: [BackendScheme], _ given: BrokerArguments, options: AppOptions = AppOptions(),
        environment: any ConfigProvider = EnvironmentVariablesProvider()
    ) {
        self.init { logger in
            try TaskApp(
                configuration: ConfigReader(provider: environment), schemes: schemes, options: options, logger: logger)
        }
        self.given = given
        self.environment = environment
        discussion = BrokerArguments.help
        runsTasks = false
    }
}
