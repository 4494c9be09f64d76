/// Takes part in sending calls and in running them. Write the methods that you need; the others do nothing.
public protocol TaskMiddleware: SendMiddleware, RunMiddleware {}
