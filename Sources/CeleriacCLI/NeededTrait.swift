#if !CLI
    #error("CeleriacCLI needs the trait CLI: add it to the list of traits of the package celeriac")
#endif
