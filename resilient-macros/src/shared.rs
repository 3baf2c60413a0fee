//! `#[shared]` on a `static`: puts it in the registry, whether an attribute names it or not.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::Parser as _;
use syn::{ItemStatic, Path, Token};

use crate::paths;

/// ```text
/// #[shared]
/// static PAYMENTS: CircuitBreaker = ..;
///                                          ↓
/// static PAYMENTS: CircuitBreaker = ..;
/// const _: () = { static __SITE: Site = Site::shared(&|| (), &[&PAYMENTS]); };
/// ```
#[expect(
    clippy::needless_pass_by_value,
    reason = "it has the shape of an entry point"
)]
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match registration(arguments, &item) {
        Ok(registration) => quote!(#item #registration),
        Err(fault) => {
            let error = fault.into_compile_error();
            quote!(#error #item)
        }
    }
}

fn registration(arguments: TokenStream, item: &TokenStream) -> syn::Result<TokenStream> {
    let krate = krate(arguments)?;
    let Ok(ItemStatic { ident, .. }) = syn::parse2(item.clone()) else {
        let fault = "`#[shared]` stands on a `static`: a policy that many functions share\n\
                     Write it above `static PAYMENTS: CircuitBreaker = ..;`.";
        return Err(syn::Error::new(Span::call_site(), fault));
    };
    let (span, import) = (Span::mixed_site(), paths::import(krate.as_ref()));
    Ok(quote_spanned!(span=> const _: () = {
        #import
        __rt::site! { shared &#ident }
    };))
}

/// `crate = path`, the only argument.
fn krate(arguments: TokenStream) -> syn::Result<Option<Path>> {
    if arguments.is_empty() {
        return Ok(None);
    }
    let parser = |input: syn::parse::ParseStream<'_>| {
        if !input.peek(Token![crate]) {
            return Err(input.error("`#[shared]` takes no arguments but `crate = path`"));
        }
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        let path = input.call(Path::parse_mod_style)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(path)
    };
    parser.parse2(arguments).map(Some)
}
