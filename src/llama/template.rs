//! Chat templates: messages to the text a model was trained to read, by Jinja as the model's makers wrote it.
//!
//! llama.cpp's own `apply_chat_template` only recognises some templates by their look, and renders
//! the wrong prompt for the others without a word, so it is not used.

use std::fmt;

use llama_cpp_2::model::LlamaModel;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, Value, context};

use crate::jobs::EngineError;
use crate::jobs::engine::Role;

const TEMPLATE: &str = "chat";

const CHATML: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n\
                      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// For base models: no roles, only the texts one below the other.
const PLAIN: &str = "{% for message in messages %}{{ message.content }}\n{% endfor %}";

/// A chat template, compiled, with the tokens it may name.
pub(super) struct ChatTemplate {
    environment: Environment<'static>,
    bos: String,
    eos: String,
}

impl fmt::Debug for ChatTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatTemplate").field("bos", &self.bos).field("eos", &self.eos).finish_non_exhaustive()
    }
}

impl ChatTemplate {
    /// The named template if there is one, else the model's own, else none: chat prompts are then refused.
    pub(super) fn choose(model: &LlamaModel, named: Option<&str>) -> Result<Option<Self>, EngineError> {
        let source = match named {
            Some("chatml") => CHATML.to_owned(),
            Some("plain") => PLAIN.to_owned(),
            Some(jinja) => jinja.to_owned(),
            None => match model.chat_template(None).map(|template| template.to_string()) {
                Ok(Ok(jinja)) => jinja,
                Ok(Err(_)) | Err(_) => return Ok(None),
            },
        };
        let vocab = model.vocab();
        let text = |token| vocab.text(token).map_or_else(String::new, |text| text.to_string_lossy().into_owned());
        Self::compile(source, text(vocab.bos()), text(vocab.eos())).map(Some)
    }

    fn compile(source: String, bos: String, eos: String) -> Result<Self, EngineError> {
        let mut environment = Environment::new();
        let refused = |error: minijinja::Error| {
            EngineError::Load(format!(
                "the model's chat template is not understood ({error}); name another in the manifest, such as `chatml`"
            ))
        };
        // As transformers renders them: blocks leave no blank lines, and Python's string methods work.
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(refused)?;
        environment.set_syntax(syntax);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", |message: String| -> Result<Value, minijinja::Error> {
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
        });
        environment.add_template_owned(TEMPLATE, source).map_err(refused)?;
        Ok(Self { environment, bos, eos })
    }

    /// The prompt's text, ending where the model is to write.
    ///
    /// A last message from the assistant is the beginning of its answer: the model goes on from there.
    pub(super) fn render(&self, messages: &[(Role, String)]) -> Result<String, EngineError> {
        let (messages, begun) = match messages {
            [earlier @ .., (Role::Assistant, begun)] => (earlier, begun.as_str()),
            all => (all, ""),
        };
        let listed: Vec<Value> = messages
            .iter()
            .map(|(role, content)| context! { role => role_name(*role), content => content.as_str() })
            .collect();
        let rendered = self.environment.get_template(TEMPLATE).and_then(|template| {
            template.render(context! {
                messages => listed,
                bos_token => self.bos.as_str(),
                eos_token => self.eos.as_str(),
                add_generation_prompt => true,
            })
        });
        let mut text = rendered
            .map_err(|error| EngineError::Request(format!("the model's chat template refuses this prompt: {error}")))?;
        text.push_str(begun);
        Ok(text)
    }

    /// Whether a rendered prompt already begins with the beginning-of-sequence token.
    pub(super) fn begins_with_bos(&self, text: &str) -> bool {
        !self.bos.is_empty() && text.starts_with(&self.bos)
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<(Role, String)> {
        vec![(Role::System, "Be brief.".into()), (Role::User, "Hello".into())]
    }

    fn compiled(source: &str) -> ChatTemplate {
        ChatTemplate::compile(source.into(), "<s>".into(), "</s>".into()).unwrap()
    }

    #[test]
    fn chatml_is_rendered_to_the_letter() {
        assert_eq!(
            compiled(CHATML).render(&messages()).unwrap(),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
        );
    }

    #[test]
    fn a_last_assistant_message_is_gone_on_from() {
        let mut begun = messages();
        begun.push((Role::Assistant, "The ".into()));
        assert!(compiled(CHATML).render(&begun).unwrap().ends_with("<|im_start|>assistant\nThe "));
    }

    #[test]
    fn python_methods_tokens_and_exceptions_work() {
        let template = compiled("{{ bos_token }}{{ messages[0]['content'].strip().upper() }}");
        let text = template.render(&messages()).unwrap();
        assert_eq!(text, "<s>BE BRIEF.");
        assert!(template.begins_with_bos(&text));
        let strict = compiled("{{ raise_exception('System role not supported') }}");
        let error = strict.render(&messages()).unwrap_err().to_string();
        assert!(error.contains("System role not supported"), "{error}");
    }

    #[test]
    fn a_template_that_does_not_parse_is_a_load_error() {
        let error = ChatTemplate::compile("{% for".into(), String::new(), String::new()).unwrap_err();
        assert!(matches!(error, EngineError::Load(_)));
    }
}
