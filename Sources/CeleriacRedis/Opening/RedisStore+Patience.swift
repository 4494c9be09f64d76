public import CeleriacCore
import RESPClient

extension RedisStore: PatientStore {
    public func failAtFirst() { client.failAtFirst() }
}
