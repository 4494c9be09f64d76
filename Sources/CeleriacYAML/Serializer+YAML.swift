#if YAML
    public import CeleriacCore

    extension Serializer {
        /// YAML, as kombu's serializer `yaml`: content type `application/x-yaml`.
        ///
        /// What `yaml.safe_load` reads is read, as data: scalars of YAML 1.1, aliases up to the size that the document may
        /// have as JSON. Every other tag is refused by name, and so are merge keys (`<<`).
        public static let yaml = Serializer(
            "yaml", contentType: "application/x-yaml", contentEncoding: "utf-8", coder: YAMLCoder())
    }
#endif
